#include "superglobals.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "event.h"
#include "run.h"

namespace sluice::php {

namespace {

void add_server(zval* out, const char* name, std::string_view value) {
    php_register_variable_safe(name, value.data(), value.size(), out);
}

}  // namespace

std::size_t read_body(char* buffer, std::size_t room) {
    Run* run = active_run();
    const PartView* body = run == nullptr ? nullptr : run->frame.part("request.content");
    if (body == nullptr) {
        return 0;
    }
    const std::size_t count = std::min(room, body->data.size() - run->body_at);
    std::memcpy(buffer, body->data.data() + run->body_at, count);
    run->body_at += count;
    return count;
}

char* read_cookies() {
    Run* run = active_run();
    if (run == nullptr || !run->script.reads.cookies) {
        return nullptr;
    }
    zval headers;
    request_headers(*run, &headers);
    zval* cookie = Z_TYPE(headers) == IS_ARRAY
                       ? zend_hash_str_find(Z_ARRVAL(headers), ZEND_STRL("cookie"))
                       : nullptr;
    char* text = cookie != nullptr && Z_TYPE_P(cookie) == IS_STRING ? Z_STRVAL_P(cookie) : nullptr;
    zval_ptr_dtor(&headers);  // the run's own reference keeps the text
    return text;
}

void fill_server(zval* out) {
    Run* run = active_run();
    if (run == nullptr) {
        return;
    }
    const char* method = SG(request_info).request_method;
    add_server(out, "REQUEST_METHOD", method == nullptr ? "GET" : method);
    add_server(out, "REQUEST_URI", SG(request_info).request_uri);
    add_server(out, "QUERY_STRING", run->query);
    add_server(out, "SCRIPT_NAME", "/index.php");
    add_server(out, "PHP_SELF", "/index.php");
    add_server(out, "SERVER_PROTOCOL", "HTTP/1.1");
    add_server(out, "GATEWAY_INTERFACE", "CGI/1.1");
    zval headers;
    request_headers(*run, &headers);
    if (Z_TYPE(headers) != IS_ARRAY) {
        zval_ptr_dtor(&headers);
        return;
    }
    zend_string* key = nullptr;
    zval* value = nullptr;
    ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL(headers), key, value) {
        if (key == nullptr || Z_TYPE_P(value) != IS_STRING) {
            continue;
        }
        std::string name = "HTTP_";
        for (const char c : view_of(key)) {
            name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        }
        if (name == "HTTP_CONTENT_TYPE" || name == "HTTP_CONTENT_LENGTH") {
            name.erase(0, 5);
        }
        const std::string_view text = view_of(Z_STR_P(value));
        add_server(out, name.c_str(), text);
        if (name == "HTTP_HOST") {
            add_server(out, "SERVER_NAME", text.substr(0, text.rfind(':')));
        }
    }
    ZEND_HASH_FOREACH_END();
    zval_ptr_dtor(&headers);
}

void treat_data(int what, char* text, zval* out) {
    Run* run = active_run();
    if (what != PARSE_GET || run == nullptr) {
        php_default_treat_data(what, text, out);
        return;
    }
    zval* get = &PG(http_globals)[TRACK_VARS_GET];
    zval_ptr_dtor_nogc(get);
    if (!run->script.reads.query) {
        array_init(get);
        return;
    }
    zval parameters;
    request_parameters(*run, &parameters);
    SEPARATE_ARRAY(&parameters);
    ZVAL_COPY_VALUE(get, &parameters);
}

}  // namespace sluice::php
