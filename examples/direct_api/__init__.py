"""Direct API integration: the site's own page calls the waiting room; nobody is redirected."""
