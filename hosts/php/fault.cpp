#include "fault.h"

#include "exceptions.h"
#include "json_out.h"

namespace sluice::php {

namespace {

zval* property(zend_class_entry* scope, zend_object* object, const char* name, zval* space) {
    zval* found = zend_read_property(scope, object, name, std::strlen(name), true, space);
    ZVAL_DEREF(found);
    return found;
}

/// The line in the script's own text: of the throw, or of the call that led there.
std::int64_t line_of(const Run& run, zend_class_entry* base, zend_object* thrown) {
    zval space;
    const auto is_script = [&](const zval* file) {
        return file != nullptr && Z_TYPE_P(file) == IS_STRING &&
               view_of(Z_STR_P(file)) == run.script.file;
    };
    if (is_script(property(base, thrown, "file", &space))) {
        return zval_get_long(property(base, thrown, "line", &space));
    }
    const zval* trace = property(base, thrown, "trace", &space);
    if (Z_TYPE_P(trace) != IS_ARRAY) {
        return 0;
    }
    zval* entry = nullptr;
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(trace), entry) {
        if (Z_TYPE_P(entry) != IS_ARRAY) {
            continue;
        }
        if (is_script(zend_hash_str_find(Z_ARRVAL_P(entry), ZEND_STRL("file")))) {
            const zval* line = zend_hash_str_find(Z_ARRVAL_P(entry), ZEND_STRL("line"));
            return line == nullptr ? 0 : zval_get_long(const_cast<zval*>(line));
        }
    }
    ZEND_HASH_FOREACH_END();
    return 0;
}

std::string text_of(zval* value) {
    zend_string* text = zval_get_string(value);
    std::string out(view_of(text));
    zend_string_release(text);
    return out;
}

std::string_view short_name(const zend_class_entry* kind) {
    std::string_view name = view_of(kind->name);
    if (const std::size_t at = name.rfind('\\'); at != std::string_view::npos) {
        name.remove_prefix(at + 1);
    }
    // An anonymous class is named with the path of its file.
    return name.substr(0, name.find('\0'));
}

void add_number(std::string& out, std::string_view name, std::int64_t value) {
    out += ",\"";
    out += name;
    out += "\":";
    out += std::to_string(value);
}

}  // namespace

void describe_throwable(Run& run, zend_object* thrown) {
    Fault& fault = run.fault;
    if (fault.is_set) {
        return;  // a limit was there first
    }
    fault.is_set = true;
    zend_class_entry* kind = thrown->ce;
    zend_class_entry* base =
        instanceof_function(kind, zend_ce_exception) ? zend_ce_exception : zend_ce_error;
    zval space;
    fault.class_name = short_name(kind);
    fault.message = run.without_paths(text_of(property(base, thrown, "message", &space)));
    fault.line = line_of(run, base, thrown);
    if (instanceof_function(kind, zend_ce_compile_error)) {
        fault.message += " (line " + std::to_string(fault.line) + ")";
    }
    if (instanceof_function(kind, rest_exception_class())) {
        const Thrown more = read_rest_exception(thrown);
        add_number(fault.more, "status_code", more.status);
        add_number(fault.more, "code", more.code);
        if (!more.context.empty() && more.context != "null") {
            fault.more += ",\"context\":" + more.context;
        }
        if (more.is_bare) {
            fault.more += ",\"bare\":true";
        }
    } else if (const zval* code = property(base, thrown, "code", &space);
               Z_TYPE_P(code) == IS_LONG && Z_LVAL_P(code) != 0) {
        add_number(fault.more, "code", Z_LVAL_P(code));
    }
    zval trace;
    ZVAL_UNDEF(&trace);
    zend_call_method_with_0_params(thrown, kind, nullptr, "gettraceasstring", &trace);
    if (Z_TYPE(trace) == IS_STRING) {
        fault.stack = run.without_paths(view_of(Z_STR(trace)));
    }
    zval_ptr_dtor(&trace);
}

std::string error_json(const Fault& fault) {
    std::string out = "{\"message\":";
    append_json_text(out, fault.message);
    if (!fault.class_name.empty()) {
        out += ",\"class\":";
        append_json_text(out, fault.class_name);
    }
    out += fault.more;
    if (fault.line > 0) {
        add_number(out, "line", fault.line);
    }
    if (!fault.stack.empty()) {
        out += ",\"stack\":";
        append_json_text(out, fault.stack);
    }
    switch (fault.limit) {
        case Limit::Wall:
            out += ",\"limit\":\"wall\"";
            break;
        case Limit::Memory:
            out += ",\"limit\":\"memory\"";
            break;
        case Limit::Output:
            out += ",\"limit\":\"output\"";
            break;
        case Limit::ApiCalls:
            out += ",\"limit\":\"api_calls\"";
            break;
        case Limit::None:
            break;
    }
    out += '}';
    return out;
}

}  // namespace sluice::php
