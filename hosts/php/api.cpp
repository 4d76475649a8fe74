#include "api.h"

#include <algorithm>
#include <array>

#include "clock.h"
#include "json_in.h"
#include "json_out.h"
#include "run.h"

namespace sluice::php {

namespace {

zend_class_entry*& api_class() {
    static zend_class_entry* kind = nullptr;
    return kind;
}

zend_object_handlers& handlers() {
    static zend_object_handlers table;
    return table;
}

bool is_list(const zval* value) {
    return Z_TYPE_P(value) == IS_ARRAY && zend_array_is_list(Z_ARRVAL_P(value));
}

/// Whether a single value given to get or delete is options: a map with an option's name, or a
/// number, as the constants of cURL's options are. The server then refuses what it does not know,
/// by name. An empty array says nothing either way.
bool is_options(const zval* value) {
    if (Z_TYPE_P(value) != IS_ARRAY) {
        return false;
    }
    if (is_list(value)) {
        return zend_hash_num_elements(Z_ARRVAL_P(value)) == 0;
    }
    zend_string* key = nullptr;
    ZEND_HASH_FOREACH_STR_KEY(Z_ARRVAL_P(value), key) {
        const std::string_view name = key == nullptr ? std::string_view() : view_of(key);
        if (key == nullptr || name == "headers" || name == "parameters" ||
            name.starts_with("CURLOPT_")) {
            return true;
        }
    }
    ZEND_HASH_FOREACH_END();
    return false;
}

const zval* option(const zval* options, std::string_view name) {
    if (options == nullptr || Z_TYPE_P(options) != IS_ARRAY) {
        return nullptr;
    }
    zval* found = zend_hash_str_find_deref(Z_ARRVAL_P(options), name.data(), name.size());
    return found != nullptr && Z_TYPE_P(found) == IS_ARRAY ? found : nullptr;
}

/// What only the server knows what to do with, as a map of texts; `headers` is among it when it is
/// a list.
JsonFault encode_others(std::string& out, const Origins& origins, const zval* options) {
    if (options == nullptr || Z_TYPE_P(options) != IS_ARRAY) {
        out += "{}";
        return JsonFault::None;
    }
    zval others;
    ZVAL_ARR(&others, zend_array_dup(Z_ARRVAL_P(options)));
    zend_hash_str_del(Z_ARRVAL(others), "parameters", sizeof "parameters" - 1);
    const zval* headers = option(options, "headers");
    if (headers == nullptr || !is_list(headers) ||
        zend_hash_num_elements(Z_ARRVAL_P(headers)) == 0) {
        zend_hash_str_del(Z_ARRVAL(others), "headers", sizeof "headers" - 1);
    }
    const JsonFault fault = encode_texts(out, origins, &others);
    zval_ptr_dtor(&others);
    return fault;
}

/// A request being put together. Lives in the caller's frame, outside of what PHP may jump over.
struct Request {
    std::string head;
    std::vector<Part> parts;
    Frame reply;
};

/// False with a PHP exception set when a value has no JSON.
bool fill(Run& run,
          Request& request,
          std::string_view verb,
          zend_string* path,
          const zval* payload,
          const zval* options) {
    request.head = "\"run\":" + std::to_string(run.number) +
                   ",\"call\":" + std::to_string(run.calls) + ",\"method\":";
    append_json_text(request.head, verb);
    request.head += ",\"path\":";
    append_json_text(request.head, view_of(path));
    JsonFault fault = JsonFault::None;
    for (const char* name : {"parameters", "headers"}) {
        request.head += std::string(",\"") + name + "\":";
        if (const zval* map = option(options, name); map != nullptr && !is_list(map)) {
            fault = std::max(fault, encode_texts(request.head, *run.origins, map));
        } else {
            request.head += "{}";
        }
    }
    request.head += ",\"options\":";
    fault = std::max(fault, encode_others(request.head, *run.origins, options));
    if (payload != nullptr && Z_TYPE_P(payload) == IS_STRING) {
        const std::string_view text = view_of(Z_STR_P(payload));
        request.parts.push_back({"payload", is_utf8(text) ? "text" : "bytes", std::string(text)});
    } else if (payload != nullptr && Z_TYPE_P(payload) != IS_NULL) {
        request.parts.push_back({"payload", "json", {}});
        fault = std::max(fault, encode_json(request.parts.back().data, *run.origins, payload));
    }
    if (fault == JsonFault::None) {
        return true;
    }
    if (EG(exception) == nullptr) {
        const std::string message(message_of(fault));
        zend_throw_exception(zend_ce_exception, message.c_str(), 0);
    }
    return false;
}

/// Waits for the reply; other frames are kept for later. False when the run is over.
bool exchange(Run& run, Request& request) {
    run.flush_output();
    if (!run.channel.send('C', request.head, request.parts)) {
        zend_throw_exception(zend_ce_exception, "The payload is larger than 64 MiB.", 0);
        return false;
    }
    while (true) {
        const Received got = run.channel.next(request.reply, wall_struck);
        if (got == Received::Closed) {
            run.is_gone = true;
            run.stop(Limit::Wall, "The server is gone.");
            return false;
        }
        if (got == Received::Interrupted) {
            stop_for_wall(run);
            return false;
        }
        if (request.reply.type != 'Y') {
            run.waiting->push_back(std::move(request.reply));
        } else if (request.reply.integer("run") == run.number &&
                   request.reply.integer("call") == run.calls) {
            return true;
        }
    }
}

/// `{status_code, content, content_type, headers}`, as the incumbent's scripts read it.
void read_reply(Run& run, Frame&& reply, zval* out) {
    run.replies.push_back(std::move(reply));
    const Frame& kept = run.replies.back();
    const std::string_view type = kept.text("content_type");
    array_init_size(out, 4);
    add_assoc_long(out, "status_code", kept.integer("status_code"));
    zval content;
    ZVAL_NULL(&content);
    if (const PartView* part = kept.part("content"); part != nullptr) {
        const bool is_json = part->form == "json" ||
                             (part->form == "text" && type.find("json") != std::string_view::npos);
        if (!is_json || !decode_json(part->data, *run.origins, &content)) {
            ZVAL_STRINGL(&content, part->data.data(), part->data.size());
        } else if (Z_REFCOUNTED(content)) {
            // The origins know this array by its address: it has to stay.
            zval keep;
            ZVAL_COPY(&keep, &content);
            add_next_index_zval(&run.kept, &keep);
        }
    }
    add_assoc_zval(out, "content", &content);
    add_assoc_stringl(out, "content_type", type.data(), type.size());
    zval headers;
    array_init(&headers);
    if (const auto* map = kept.head().if_contains("headers"); map != nullptr && map->is_object()) {
        for (const auto& [name, value] : map->get_object()) {
            if (value.is_string()) {
                add_assoc_stringl_ex(&headers, name.data(), name.size(), value.get_string().data(),
                                     value.get_string().size());
            }
        }
    }
    add_assoc_zval(out, "headers", &headers);
}

void call(
    std::string_view verb, zend_string* path, const zval* payload, const zval* options, zval* out) {
    Run* run = active_run();
    if (run == nullptr) {
        return;
    }
    ++run->calls;
    if (run->limits.api_calls > 0 && run->calls > run->limits.api_calls) {
        run->stop(Limit::ApiCalls, "The script made more than " +
                                       std::to_string(run->limits.api_calls) + " API calls.");
        return;
    }
    Request request;
    if (fill(*run, request, verb, path, payload, options) && exchange(*run, request)) {
        read_reply(*run, std::move(request.reply), out);
    }
}

/// get and delete: one value besides the path may be options.
bool is_short(std::string_view verb) {
    return verb == "GET" || verb == "DELETE";
}

void call_sorted(std::string_view verb, zend_string* path, zval* first, zval* second, zval* out) {
    if (first != nullptr) {
        ZVAL_DEREF(first);
    }
    if (second != nullptr) {
        ZVAL_DEREF(second);
    }
    if (second == nullptr && first != nullptr && is_short(verb) && is_options(first)) {
        call(verb, path, nullptr, first, out);
    } else {
        call(verb, path, first, second, out);
    }
}

/// One function for five verbs: its own name says which.
ZEND_METHOD(Api, verb) {
    zend_string* path = nullptr;
    zval* first = nullptr;
    zval* second = nullptr;
    ZEND_PARSE_PARAMETERS_START(1, 3)
    Z_PARAM_STR(path)
    Z_PARAM_OPTIONAL
    Z_PARAM_ZVAL(first)
    Z_PARAM_ZVAL(second)
    ZEND_PARSE_PARAMETERS_END();
    std::array<char, 8> upper{};
    const std::string_view name = view_of(EX(func)->common.function_name);
    std::transform(name.begin(), name.end(), upper.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    call_sorted({upper.data(), name.size()}, path, first, second, return_value);
}

ZEND_METHOD(Api, call) {
    zend_string* verb = nullptr;
    zend_string* path = nullptr;
    zval* first = nullptr;
    zval* second = nullptr;
    ZEND_PARSE_PARAMETERS_START(2, 4)
    Z_PARAM_STR(verb)
    Z_PARAM_STR(path)
    Z_PARAM_OPTIONAL
    Z_PARAM_ZVAL(first)
    Z_PARAM_ZVAL(second)
    ZEND_PARSE_PARAMETERS_END();
    zend_string* upper = zend_string_toupper(verb);
    call_sorted(view_of(upper), path, first, second, return_value);
    zend_string_release(upper);
}

ZEND_BEGIN_ARG_INFO_EX(verb_arguments, 0, 0, 1)
ZEND_ARG_INFO(0, path)
ZEND_ARG_INFO(0, payload)
ZEND_ARG_INFO(0, options)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(call_arguments, 0, 0, 2)
ZEND_ARG_INFO(0, verb)
ZEND_ARG_INFO(0, path)
ZEND_ARG_INFO(0, payload)
ZEND_ARG_INFO(0, options)
ZEND_END_ARG_INFO()

const zend_function_entry kMethods[] = {
    ZEND_RAW_FENTRY("get", zim_Api_verb, verb_arguments, ZEND_ACC_PUBLIC)
        ZEND_RAW_FENTRY("post", zim_Api_verb, verb_arguments, ZEND_ACC_PUBLIC)
            ZEND_RAW_FENTRY("put", zim_Api_verb, verb_arguments, ZEND_ACC_PUBLIC)
                ZEND_RAW_FENTRY("patch", zim_Api_verb, verb_arguments, ZEND_ACC_PUBLIC)
                    ZEND_RAW_FENTRY("delete", zim_Api_verb, verb_arguments, ZEND_ACC_PUBLIC)
                        ZEND_RAW_FENTRY("call", zim_Api_call, call_arguments, ZEND_ACC_PUBLIC)
                            ZEND_FE_END};

/// `$api->get` as a value: a closure of the method.
zval* read_verb(zend_object* self, zend_string* name, int type, void** cache, zval* out) {
    zend_string* folded = zend_string_tolower(name);
    auto* method =
        static_cast<zend_function*>(zend_hash_find_ptr(&self->ce->function_table, folded));
    zend_string_release(folded);
    if (method == nullptr) {
        return zend_std_read_property(self, name, type, cache, out);
    }
    zval object;
    ZVAL_OBJ(&object, self);
    zend_create_fake_closure(out, method, self->ce, self->ce, &object);
    return out;
}

zend_object* create(zend_class_entry* kind) {
    zend_object* object = zend_objects_new(kind);
    object_properties_init(object, kind);
    object->handlers = &handlers();
    return object;
}

}  // namespace

void register_api() {
    zend_class_entry entry;
    static constexpr std::string_view kName = "Sluice\\Api";
    INIT_CLASS_ENTRY_EX(entry, kName.data(), kName.size(), kMethods);
    api_class() = zend_register_internal_class_ex(&entry, nullptr);
    api_class()->create_object = create;
    api_class()->ce_flags |=
        ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
    handlers() = *zend_get_std_object_handlers();
    handlers().read_property = read_verb;
    handlers().clone_obj = nullptr;
}

void make_api(zval* out) {
    object_init_ex(out, api_class());
}

}  // namespace sluice::php
