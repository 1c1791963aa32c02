vcl 4.1;

# Varnish as a cache of one second in front of the public plane: what all visitors share is asked for
# once a second, what is one visitor's own is passed on and never kept.

# ---------------------------------------------------------------- change here

backend waitroom {
    .host = "127.0.0.1";                # the public plane
    .port = "8080";
    .connect_timeout = 2s;
    .first_byte_timeout = 15s;
}

# ---------------------------------------------------------------- to here

sub vcl_recv {
    unset req.http.X-Waitroom-Shared;
    unset req.http.X-Forwarded-Uri;
    unset req.http.X-Forwarded-Method;
    unset req.http.X-Forwarded-Host;
    unset req.http.X-Original-Url;
    unset req.http.X-Original-Uri;
    unset req.http.X-Original-Method;

    # Gates ask Waitroom itself: this way their forwarding headers would not be theirs.
    if (req.url ~ "^/verify/") {
        return (synth(404, "Not found"));
    }

    if ((req.method == "GET" || req.method == "HEAD") &&
        req.url ~ "^/(api/(serving_num|waiting_num|status|public_key)|room/[^/?]+|oidc/[^/?]+/\.well-known/[a-z.-]+|static/[^?]+)(\?|$)") {
        set req.http.X-Waitroom-Shared = "1";
        unset req.http.Cookie;          # a shared answer depends on no visitor
        unset req.http.Authorization;
        return (hash);
    }
    return (pass);
}

sub vcl_hash {
    hash_data(req.url);                 # a Host made up by a client makes no second copy
    return (lookup);
}

sub vcl_backend_fetch {
    unset bereq.http.X-Waitroom-Shared;
}

sub vcl_backend_response {
    set beresp.do_stream = false;
    if (bereq.uncacheable) {
        return (deliver);
    }
    # Kept only what Waitroom calls public, for as long as it says; never an answer with a cookie.
    if (beresp.http.Set-Cookie || beresp.http.Cache-Control !~ "(?i)\bpublic\b" || beresp.ttl <= 0s) {
        set beresp.uncacheable = true;
        set beresp.ttl = 1s;
        return (deliver);
    }
    set beresp.grace = 1s;              # while one asks anew, the others get the answer of before
    set beresp.keep = 10s;              # what is asked anew with If-None-Match
    return (deliver);
}

sub vcl_deliver {
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}
