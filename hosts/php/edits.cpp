#include "edits.h"

#include <algorithm>

#include <strings.h>

#include "input.h"
#include "json_out.h"

namespace sluice::php {

namespace {

/// The value of a head member as the script may have left it: null when nothing was there.
zval* find(zval* array, std::string_view key) {
    return Z_TYPE_P(array) == IS_ARRAY
               ? zend_hash_str_find_deref(Z_ARRVAL_P(array), key.data(), key.size())
               : nullptr;
}

/// A variable of the script's outermost scope.
zval* find_global(std::string_view name) {
    zval* found = zend_hash_str_find_ind(&EG(symbol_table), name.data(), name.size());
    if (found != nullptr) {
        ZVAL_DEREF(found);
    }
    return found;
}

void fail(Run& run, std::string_view message) {
    if (!run.fault.is_set) {
        run.fault.is_set = true;
        run.fault.message = message;
    }
}

bool is_identical(const zval* a, const zval* b) {
    return fast_is_identical_function(const_cast<zval*>(a), const_cast<zval*>(b));
}

/// Appends a part whose data `write` fills in place, so that nothing is lost to a jump.
template <typename WriteFn>
void add_part(Run& run, std::string_view name, std::string_view form, const WriteFn& write) {
    run.parts.push_back({std::string(name), std::string(form), {}});
    const JsonFault fault = write(run.parts.back().data);
    if (fault != JsonFault::None && fault != JsonFault::Threw) {
        fail(run, message_of(fault));
    }
}

void add_value(Run& run, std::string_view name, const zval* value, const zval* original) {
    if (Z_TYPE_P(value) == IS_STRING) {
        const std::string_view text = view_of(Z_STR_P(value));
        run.parts.push_back(
            {std::string(name), is_utf8(text) ? "text" : "bytes", std::string(text)});
        return;
    }
    add_part(run, name, "json",
             [&](std::string& out) { return encode_json(out, *run.origins, value, original); });
}

void collect_map(Run& run, zval* owner, std::string_view key, Input input) {
    const zval* value = find(owner, key);
    const Original& original = original_of(run, input);
    if (value == nullptr || (!original.is_shown && Z_TYPE_P(value) == IS_NULL)) {
        return;
    }
    if (original.is_shown && is_identical(value, &original.value)) {
        return;
    }
    add_part(run, name_of(input), "json",
             [&](std::string& out) { return encode_texts(out, *run.origins, value); });
    if (run.parts.back().data == original.text) {
        run.parts.pop_back();
    }
}

void collect_content(Run& run, zval* owner, std::string_view key, Input input) {
    const zval* value = find(owner, key);
    const Original& original = original_of(run, input);
    if (value == nullptr || (!original.is_shown && Z_TYPE_P(value) == IS_NULL)) {
        return;
    }
    if (original.is_shown && is_identical(value, &original.value)) {
        return;
    }
    const bool is_absent = run.frame.part(name_of(input)) == nullptr;
    if (input == Input::Content && is_absent && Z_TYPE_P(value) == IS_STRING &&
        Z_STRLEN_P(value) == 0) {
        return;
    }
    if (input == Input::Payload) {
        add_part(run, name_of(input), "json", [&](std::string& out) {
            return encode_json(out, *run.origins, value, &original.value);
        });
        return;
    }
    add_value(run, name_of(input), value, original.is_shown ? &original.value : nullptr);
}

/// `"name":value` for a head member that is another text than before.
void collect_text(Run& run,
                  std::string& out,
                  zval* owner,
                  std::string_view key,
                  const boost::json::object& before) {
    const zval* value = find(owner, key);
    if (value == nullptr) {
        return;
    }
    const auto* was = before.if_contains(key);
    if (Z_TYPE_P(value) == IS_NULL && (was == nullptr || was->is_null())) {
        return;
    }
    if (Z_TYPE_P(value) == IS_STRING && was != nullptr && was->is_string() &&
        std::string_view(was->get_string()) == view_of(Z_STR_P(value))) {
        return;
    }
    out += out.empty() ? "\"" : ",\"";
    out += key;
    out += "\":";
    if (encode_json(out, *run.origins, value) != JsonFault::None) {
        fail(run, "A content_type or method that is no text.");
    }
}

/// Fails the run for what is no status of HTTP.
bool is_status(Run& run, zend_long status) {
    if (status >= 200 && status <= 599) {
        return true;
    }
    fail(run, "event.response.status_code must be a number from 200 to 599");
    return false;
}

void collect_status(Run& run, std::string& out, zval* response) {
    const zval* value = find(response, "status_code");
    if (value == nullptr || Z_TYPE_P(value) == IS_NULL) {
        return;
    }
    zend_long status = 0;
    double decimal = 0;
    if (Z_TYPE_P(value) == IS_LONG) {
        status = Z_LVAL_P(value);
    } else if (Z_TYPE_P(value) == IS_DOUBLE && Z_DVAL_P(value) >= 200 && Z_DVAL_P(value) <= 599) {
        status = static_cast<zend_long>(Z_DVAL_P(value));
        status = static_cast<double>(status) == Z_DVAL_P(value) ? status : 0;
    } else if (Z_TYPE_P(value) != IS_STRING ||
               is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), &status, &decimal, false) !=
                   IS_LONG) {
        status = 0;
    }
    if (!is_status(run, status)) {
        return;
    }
    const auto* was = member(run, "response").if_contains("status_code");
    if (was == nullptr || !was->is_int64() || was->get_int64() != status) {
        out += out.empty() ? "\"status_code\":" : ",\"status_code\":";
        out += std::to_string(status);
    }
}

bool is_response(zval* value) {
    for (const std::string_view key : {"status_code", "content", "content_type", "headers"}) {
        if (find(value, key) != nullptr) {
            return true;
        }
    }
    return false;
}

/// What header() and http_response_code() were told, which counts for a script service.
void collect_sapi_headers(Run& run, std::string& out, zval* response) {
    const int status = SG(sapi_headers).http_response_code;
    if (status != 0 && status != 200 && out.find("\"status_code\"") == std::string::npos &&
        is_status(run, status)) {
        out += out.empty() ? "\"status_code\":" : ",\"status_code\":";
        out += std::to_string(status);
    }
    if (zend_llist_count(&SG(sapi_headers).headers) == 0) {
        return;
    }
    // Over the response's own headers, as later ones.
    zval all;
    zval* own = find(response, "headers");
    if (own != nullptr && Z_TYPE_P(own) == IS_ARRAY) {
        ZVAL_ARR(&all, zend_array_dup(Z_ARRVAL_P(own)));
    } else {
        array_init(&all);
    }
    bool has_headers = false;
    zend_llist_position at = nullptr;
    for (auto* header = static_cast<sapi_header_struct*>(
             zend_llist_get_first_ex(&SG(sapi_headers).headers, &at));
         header != nullptr; header = static_cast<sapi_header_struct*>(
                                zend_llist_get_next_ex(&SG(sapi_headers).headers, &at))) {
        const std::string_view line(header->header, header->header_len);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        std::string_view value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        if (colon == 12 && strncasecmp(line.data(), "content-type", colon) == 0) {
            if (out.find("\"content_type\"") == std::string::npos) {
                out += out.empty() ? "\"content_type\":" : ",\"content_type\":";
                append_json_text(out, value);
            }
            continue;
        }
        has_headers = true;
        add_assoc_stringl_ex(&all, line.data(), colon, value.data(), value.size());
    }
    std::erase_if(run.parts, [](const Part& part) { return part.name == "response.headers"; });
    if (has_headers || own != nullptr) {
        add_part(run, "response.headers", "json",
                 [&](std::string& text) { return encode_texts(text, *run.origins, &all); });
        if (!has_headers &&
            run.parts.back().data == original_of(run, Input::ResponseHeaders).text) {
            run.parts.pop_back();
        }
    }
    zval_ptr_dtor(&all);
}

void collect_response(Run& run, zval* event, std::string& out) {
    zval* response = find(event, "response");
    zval nothing;
    ZVAL_NULL(&nothing);
    if (response == nullptr) {
        response = &nothing;
    } else if (is_response(response)) {
        collect_status(run, out, response);
        collect_text(run, out, response, "content_type", member(run, "response"));
        collect_map(run, response, "headers", Input::ResponseHeaders);
        collect_content(run, response, "content", Input::ResponseContent);
    } else if (Z_TYPE_P(response) != IS_NULL &&
               !(Z_TYPE_P(response) == IS_ARRAY &&
                 zend_hash_num_elements(Z_ARRVAL_P(response)) == 0)) {
        // No response map: the value itself is the content.
        add_value(run, name_of(Input::ResponseContent), response, nullptr);
    }
    if (!run.is_service) {
        return;
    }
    const auto is_content = [](const Part& part) { return part.name == "response.content"; };
    if (run.has_dump) {
        std::erase_if(run.parts, is_content);
        run.parts.push_back({"response.content", "text", run.dump});
    } else if (run.has_exited && !run.shown.empty() &&
               std::none_of(run.parts.begin(), run.parts.end(), is_content)) {
        // `echo $answer; exit;`: what the script printed is its answer.
        run.parts.push_back({"response.content", is_utf8(run.shown) ? "text" : "bytes", run.shown});
    }
    collect_sapi_headers(run, out, response);
}

}  // namespace

void collect_edits(Run& run, const zval* returned) {
    zval* event = find_global("event");
    std::string request_head;
    std::string response_head;
    if (event != nullptr && Z_TYPE_P(event) == IS_ARRAY) {
        if (zval* request = find(event, "request");
            request != nullptr && Z_TYPE_P(request) == IS_ARRAY) {
            collect_text(run, request_head, request, "method", member(run, "request"));
            collect_text(run, request_head, request, "content_type", member(run, "request"));
            collect_map(run, request, "parameters", Input::Parameters);
            collect_map(run, request, "headers", Input::Headers);
            collect_content(run, request, "content", Input::Content);
            collect_content(run, request, "payload", Input::Payload);
        }
        collect_response(run, event, response_head);
        if (zval* stop = find(event, "stop_propagation"); stop != nullptr && zend_is_true(stop)) {
            run.head += ",\"stop\":true";
        }
    }
    if (!request_head.empty()) {
        run.head += ",\"request\":{" + request_head + "}";
    }
    if (!response_head.empty()) {
        run.head += ",\"response\":{" + response_head + "}";
    }
    ZVAL_DEREF(returned);
    if (Z_TYPE_P(returned) != IS_NULL && Z_TYPE_P(returned) != IS_UNDEF) {
        add_value(run, "return", returned, nullptr);
        if (!zend_is_true(const_cast<zval*>(returned))) {
            run.head += ",\"falsy\":true";
        }
    }
}

}  // namespace sluice::php
