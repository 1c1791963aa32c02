"""The catalogues of texts, and the two programs that speak them."""
