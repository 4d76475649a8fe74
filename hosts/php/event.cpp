#include "event.h"

#include <algorithm>
#include <array>

#include <strings.h>

#include <boost/json/serialize.hpp>

#include "api.h"
#include "input.h"
#include "json_in.h"

namespace sluice::php {

namespace {

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

bool has_response(const Run& run) {
    const auto* found = run.frame.head().if_contains("response");
    return found != nullptr && found->is_object();
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
