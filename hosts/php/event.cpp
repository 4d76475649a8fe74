#include "event.h"

#include <algorithm>
#include <array>

#include <strings.h>

#include <boost/json/serialize.hpp>

#include "api.h"
#include "json_in.h"
#include "json_out.h"

namespace sluice::php {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Input::kCount)> kParts = {
    "request.parameters", "request.headers",  "request.content", "request.payload",
    "response.headers",   "response.content", "session"};

std::string_view name_of(Input input) {
    return kParts[static_cast<std::size_t>(input)];
}

Original& original_of(Run& run, Input input) {
    return run.originals[static_cast<std::size_t>(input)];
}

/// The part as a value, decoded once. What is absent is an empty map, or `absent`.
const zval& decode(Run& run, Input input, bool is_map) {
    Original& original = original_of(run, input);
    if (original.is_decoded) {
        return original.value;
    }
    original.is_decoded = true;
    const PartView* part = run.frame.part(name_of(input));
    if (input == Input::Payload && part == nullptr) {
        part = run.frame.part(name_of(Input::Content));
    }
    ZVAL_NULL(&original.value);
    if (part != nullptr) {
        original.text = part->data;
        original.form = part->form;
        if (part->form == "json" || input == Input::Payload) {
            decode_json(part->data, *run.origins, &original.value);
        } else {
            ZVAL_STRINGL(&original.value, part->data.data(), part->data.size());
        }
    }
    if (is_map && Z_TYPE(original.value) == IS_NULL) {
        array_init(&original.value);
        original.text = "{}";
    }
    return original.value;
}

void put(zval* array, std::string_view key, zval* value) {
    add_assoc_zval_ex(array, key.data(), key.size(), value);
}

/// A decoded part as a member; a null in its place where the script cannot look.
void put_part(Run& run, zval* array, std::string_view key, Input input, bool is_read, bool is_map) {
    zval value;
    ZVAL_NULL(&value);
    if (is_read) {
        ZVAL_COPY(&value, &decode(run, input, is_map));
        original_of(run, input).is_shown = true;
        if (input == Input::Content && Z_TYPE(value) == IS_NULL) {
            ZVAL_EMPTY_STRING(&value);
        }
    }
    put(array, key, &value);
}

void put_scalar(zval* array, std::string_view key, const boost::json::object& from) {
    zval value;
    ZVAL_NULL(&value);
    if (const auto* found = from.if_contains(key); found != nullptr) {
        if (found->is_string()) {
            ZVAL_STRINGL(&value, found->get_string().data(), found->get_string().size());
        } else if (found->is_int64()) {
            ZVAL_LONG(&value, found->get_int64());
        } else if (found->is_bool()) {
            ZVAL_BOOL(&value, found->get_bool());
        }
    }
    put(array, key, &value);
}

const boost::json::object& member(const Run& run, std::string_view key) {
    static const boost::json::object nothing;
    const auto* found = run.frame.head().if_contains(key);
    return found != nullptr && found->is_object() ? found->get_object() : nothing;
}

bool has_response(const Run& run) {
    const auto* found = run.frame.head().if_contains("response");
    return found != nullptr && found->is_object();
}

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

void collect_status(Run& run, std::string& out, zval* response) {
    const zval* value = find(response, "status_code");
    if (value == nullptr || Z_TYPE_P(value) == IS_NULL) {
        return;
    }
    zend_long status = 0;
    double decimal = 0;
    if (Z_TYPE_P(value) == IS_LONG) {
        status = Z_LVAL_P(value);
    } else if (Z_TYPE_P(value) == IS_DOUBLE) {
        status = static_cast<zend_long>(Z_DVAL_P(value));
    } else if (Z_TYPE_P(value) != IS_STRING ||
               is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), &status, &decimal, false) !=
                   IS_LONG) {
        fail(run, "event.response.status_code must be a number.");
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
    if (status != 0 && status != 200 && out.find("\"status_code\"") == std::string::npos) {
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

void build_event(Run& run) {
    const Reads& reads = run.script.reads;
    zval event;
    array_init_size(&event, 8);
    zval resource;
    const auto* given = run.frame.head().if_contains("resource");
    ZVAL_NULL(&resource);
    if (given != nullptr && given->is_string()) {
        ZVAL_STRINGL(&resource, given->get_string().data(), given->get_string().size());
    } else if (given != nullptr && !given->is_null()) {
        run.resource = boost::json::serialize(*given);
        decode_json(run.resource, *run.origins, &resource);
        zval keep;
        ZVAL_COPY(&keep, &resource);
        add_next_index_zval(&run.kept, &keep);
    }
    put(&event, "resource", &resource);

    zval request;
    array_init_size(&request, 16);
    const boost::json::object& head = member(run, "request");
    put_scalar(&request, "api_version", head);
    put_scalar(&request, "method", head);
    put_part(run, &request, "parameters", Input::Parameters, reads.parameters, true);
    put_part(run, &request, "headers", Input::Headers, reads.headers, true);
    put_part(run, &request, "content", Input::Content, reads.content, false);
    put_scalar(&request, "content_type", head);
    put_part(run, &request, "payload", Input::Payload, reads.payload, true);
    put_scalar(&request, "uri", head);
    put_scalar(&request, "service", head);
    put(&event, "request", &request);

    if (has_response(run)) {
        zval response;
        array_init_size(&response, 8);
        put_scalar(&response, "status_code", member(run, "response"));
        put_part(run, &response, "headers", Input::ResponseHeaders, reads.response_headers, true);
        put_part(run, &response, "content", Input::ResponseContent, reads.response_content, false);
        put_scalar(&response, "content_type", member(run, "response"));
        put(&event, "response", &response);
    }
    zend_hash_str_update(&EG(symbol_table), ZEND_STRL("event"), &event);

    zval platform;
    array_init_size(&platform, 8);
    zval api;
    make_api(&api);
    put(&platform, "api", &api);
    zval config;
    ZVAL_NULL(&config);
    if (reads.config && !decode_json(run.config, *run.origins, &config)) {
        array_init(&config);
    }
    if (Z_REFCOUNTED(config)) {
        zval keep;
        ZVAL_COPY(&keep, &config);
        add_next_index_zval(&run.kept, &keep);
    }
    put(&platform, "config", &config);
    put_part(run, &platform, "session", Input::Session, reads.session, true);
    zend_hash_str_update(&EG(symbol_table), ZEND_STRL("platform"), &platform);
}

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

void request_headers(Run& run, zval* out) {
    ZVAL_COPY(out, &decode(run, Input::Headers, true));
}

void request_parameters(Run& run, zval* out) {
    ZVAL_COPY(out, &decode(run, Input::Parameters, true));
}

void release_event(Run& run) {
    for (Original& original : run.originals) {
        if (original.is_decoded) {
            zval_ptr_dtor(&original.value);
            original.is_decoded = false;
        }
    }
    zval_ptr_dtor(&run.kept);
    ZVAL_UNDEF(&run.kept);
}

}  // namespace sluice::php
