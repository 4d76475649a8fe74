#include "helpers.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "dump.h"
#include "event.h"
#include "json_out.h"
#include "run.h"

namespace sluice::php {

namespace {

/// env(name, default): words for true, false, null and empty become those values.
ZEND_FUNCTION(env) {
    zend_string* name = nullptr;
    zval* fallback = nullptr;
    ZEND_PARSE_PARAMETERS_START(1, 2)
    Z_PARAM_STR(name)
    Z_PARAM_OPTIONAL
    Z_PARAM_ZVAL(fallback)
    ZEND_PARSE_PARAMETERS_END();
    const char* found = std::getenv(ZSTR_VAL(name));  // NOLINT(concurrency-mt-unsafe)
    if (found == nullptr) {
        if (fallback != nullptr) {
            RETURN_COPY(fallback);
        }
        RETURN_NULL();
    }
    std::string_view value = found;
    if (value == "true" || value == "(true)") {
        RETURN_TRUE;
    }
    if (value == "false" || value == "(false)") {
        RETURN_FALSE;
    }
    if (value == "null" || value == "(null)") {
        RETURN_NULL();
    }
    if (value == "empty" || value == "(empty)") {
        RETURN_EMPTY_STRING();
    }
    if (value.size() > 1 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
    }
    RETURN_STRINGL(value.data(), value.size());
}

ZEND_FUNCTION(dump) {
    zval* values = nullptr;
    std::uint32_t count = 0;
    ZEND_PARSE_PARAMETERS_START(0, -1)
    Z_PARAM_VARIADIC('*', values, count)
    ZEND_PARSE_PARAMETERS_END();
    std::string text;
    for (std::uint32_t i = 0; i < count; ++i) {
        dump_value(text, &values[i]);
        text += '\n';
    }
    php_output_write(text.data(), text.size());
    if (count > 0) {
        RETURN_COPY_DEREF(&values[0]);
    }
}

ZEND_FUNCTION(dd) {
    zval* values = nullptr;
    std::uint32_t count = 0;
    ZEND_PARSE_PARAMETERS_START(0, -1)
    Z_PARAM_VARIADIC('*', values, count)
    ZEND_PARSE_PARAMETERS_END();
    Run* run = active_run();
    if (run == nullptr) {
        return;
    }
    run->has_exited = true;
    std::string text;
    for (std::uint32_t i = 0; i < count; ++i) {
        text += i > 0 ? "\n" : "";
        dump_value(text, &values[i]);
    }
    if (run->is_service) {
        run->has_dump = true;
        run->dump = std::move(text);
    } else {
        text += '\n';
        php_output_write(text.data(), text.size());
    }
    if (EG(exception) == nullptr) {
        zend_throw_unwind_exit();
    }
}

ZEND_FUNCTION(getallheaders) {
    ZEND_PARSE_PARAMETERS_NONE();
    if (Run* run = active_run(); run != nullptr) {
        request_headers(*run, return_value);
    }
}

std::string_view level_of(std::string_view name) {
    if (name == "debug") {
        return "debug";
    }
    if (name == "info" || name == "notice") {
        return "info";
    }
    return name == "warning" || name == "warn" ? "warn" : "error";
}

void write_log(std::string_view level, zval* message, zval* context) {
    Run* run = active_run();
    if (run == nullptr) {
        return;
    }
    std::string text;
    ZVAL_DEREF(message);
    if (Z_TYPE_P(message) == IS_ARRAY) {
        encode_json(text, *run->origins, message);
    } else {
        zend_string* words = zval_try_get_string(message);
        if (words == nullptr) {
            return;
        }
        text = view_of(words);
        zend_string_release(words);
    }
    if (context != nullptr && Z_TYPE_P(context) == IS_ARRAY &&
        zend_hash_num_elements(Z_ARRVAL_P(context)) > 0) {
        text += ' ';
        encode_json(text, *run->origins, context);
    }
    run->printed += static_cast<std::int64_t>(text.size());
    if (run->limits.output_bytes > 0 && run->printed > run->limits.output_bytes) {
        run->stop(Limit::Output, "The script printed more than its limit.");
        return;
    }
    run->log(level, text);
}

/// Log::info(message, context): the level is the method's own name.
ZEND_METHOD(Log, level) {
    zval* message = nullptr;
    zval* context = nullptr;
    ZEND_PARSE_PARAMETERS_START(1, 2)
    Z_PARAM_ZVAL(message)
    Z_PARAM_OPTIONAL
    Z_PARAM_ZVAL(context)
    ZEND_PARSE_PARAMETERS_END();
    write_log(level_of(view_of(EX(func)->common.function_name)), message, context);
}

/// Log::log(level, message, context)
ZEND_METHOD(Log, log) {
    zend_string* level = nullptr;
    zval* message = nullptr;
    zval* context = nullptr;
    ZEND_PARSE_PARAMETERS_START(2, 3)
    Z_PARAM_STR(level)
    Z_PARAM_ZVAL(message)
    Z_PARAM_OPTIONAL
    Z_PARAM_ZVAL(context)
    ZEND_PARSE_PARAMETERS_END();
    write_log(level_of(view_of(level)), message, context);
}

ZEND_BEGIN_ARG_INFO_EX(env_arguments, 0, 0, 1)
ZEND_ARG_INFO(0, name)
ZEND_ARG_INFO(0, default)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(any_arguments, 0, 0, 0)
ZEND_ARG_VARIADIC_INFO(0, values)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(no_arguments, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(log_arguments, 0, 0, 1)
ZEND_ARG_INFO(0, message)
ZEND_ARG_INFO(0, context)
ZEND_END_ARG_INFO()

constexpr std::uint32_t kStatic = ZEND_ACC_PUBLIC | ZEND_ACC_STATIC;

#define SLUICE_LOG_LEVEL(name) ZEND_RAW_FENTRY(name, zim_Log_level, log_arguments, kStatic)

const zend_function_entry kLogMethods[] = {
    SLUICE_LOG_LEVEL("debug") SLUICE_LOG_LEVEL("info") SLUICE_LOG_LEVEL("notice")
        SLUICE_LOG_LEVEL("warning") SLUICE_LOG_LEVEL("warn") SLUICE_LOG_LEVEL("error")
            SLUICE_LOG_LEVEL("critical") SLUICE_LOG_LEVEL("alert") SLUICE_LOG_LEVEL("emergency")
                ZEND_RAW_FENTRY("log", zim_Log_log, any_arguments, kStatic) ZEND_FE_END};

#undef SLUICE_LOG_LEVEL

}  // namespace

const zend_function_entry kHelperFunctions[] = {
    ZEND_RAW_FENTRY("env", zif_env, env_arguments, 0) ZEND_RAW_FENTRY(
        "dump", zif_dump, any_arguments, 0) ZEND_RAW_FENTRY("dd", zif_dd, any_arguments, 0)
        ZEND_RAW_FENTRY("getallheaders", zif_getallheaders, no_arguments, 0) ZEND_RAW_FENTRY(
            "apache_request_headers", zif_getallheaders, no_arguments, 0) ZEND_FE_END};

void register_log() {
    zend_class_entry entry;
    static constexpr std::string_view kName = "Log";
    INIT_CLASS_ENTRY_EX(entry, kName.data(), kName.size(), kLogMethods);
    zend_class_entry* made = zend_register_internal_class_ex(&entry, nullptr);
    zend_register_class_alias("Illuminate\\Support\\Facades\\Log", made);
}

}  // namespace sluice::php
