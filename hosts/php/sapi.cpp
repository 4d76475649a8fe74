#include "sapi.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "api.h"
#include "clock.h"
#include "edits.h"
#include "event.h"
#include "exceptions.h"
#include "fault.h"
#include "helpers.h"
#include "superglobals.h"

namespace sluice::php {

namespace {

/// After the machine's own php.ini, so that these win.
constexpr char kIni[] =
    "display_errors=0\n"
    "display_startup_errors=0\n"
    "log_errors=0\n"
    "html_errors=0\n"
    "implicit_flush=0\n"
    "output_buffering=0\n"
    "memory_limit=128M\n"
    "max_execution_time=0\n"  // PHP counts seconds of CPU; clock.h counts milliseconds of wall time
    "max_input_time=-1\n"
    "register_argc_argv=0\n"
    "auto_globals_jit=1\n"
    "expose_php=0\n"
    "user_ini.filename=\n"
    "zend.exception_ignore_args=1\n"  // arguments are data, and stacks go to the log
    "opcache.enable=1\n"
    "opcache.memory_consumption=64\n"
    "opcache.file_update_protection=0\n"  // the scripts' files are written once, under their hash
    "opcache.jit_buffer_size=0\n"
    "opcache.restrict_api=/nonexistent/\n"  // what is compiled belongs to all scripts
    "ffi.enable=0\n";                       // the whole of the process, for good

constexpr std::uint32_t kImplicitReturn = 0xffffffffU;

zend_op_array* (*next_compile)(zend_file_handle*, int) = nullptr;              // NOLINT
void (*next_error)(int, zend_string*, std::uint32_t, zend_string*) = nullptr;  // NOLINT

/// A file without `return` gives back 1, which nobody could tell from `return 1`. Ours give null.
/// Underneath opcache, so that it happens once per script.
zend_op_array* compile(zend_file_handle* file, int type) {
    zend_op_array* code = next_compile(file, type);
    const Run* run = active_run();
    if (code == nullptr || run == nullptr || file->filename == nullptr ||
        view_of(file->filename) != run->script.file || code->last == 0) {
        return code;
    }
    zend_op* last = &code->opcodes[code->last - 1];
    if (last->opcode == ZEND_RETURN && last->op1_type == IS_CONST &&
        last->extended_value == kImplicitReturn) {
        ZVAL_NULL(RT_CONSTANT(last, last->op1));
    }
    return code;
}

/// Notes an exit, then lets PHP do it.
int on_exit_opcode(zend_execute_data* data) {
    Run* run = active_run();
    const zend_op* op = data->opline;
    if (run != nullptr) {
        run->has_exited = true;
        const zval* status = op->op1_type == IS_UNUSED
                                 ? nullptr
                                 : zend_get_zval_ptr(op, op->op1_type, &op->op1, data);
        if (status != nullptr) {
            ZVAL_DEREF(status);
        }
        if (status != nullptr && Z_TYPE_P(status) == IS_STRING) {
            run->exit_text = view_of(Z_STR_P(status));
        }
    }
    return ZEND_USER_OPCODE_DISPATCH;
}

bool is_fatal(int type) {
    constexpr int kFatal = E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR | E_PARSE | E_RECOVERABLE_ERROR;
    return (type & kFatal) != 0 || (type & E_USER_ERROR) != 0;
}

/// An exception with no code of the script around it (out of jsonSerialize(), a destructor) comes
/// as the text "Uncaught Class: message in file:line\nStack trace:\n...\n  thrown".
void take_uncaught(Fault& fault) {
    constexpr std::string_view kStart = "Uncaught ";
    constexpr std::string_view kTrace = "\nStack trace:\n";
    if (!fault.message.starts_with(kStart)) {
        return;
    }
    const std::string text = fault.message.substr(kStart.size());
    const std::size_t trace = text.find(kTrace);
    std::string head = text.substr(0, trace);
    head.erase(std::min(head.rfind(" in "), head.size()));
    const std::size_t colon = head.find(": ");
    fault.class_name = head.substr(0, colon);
    if (const std::size_t at = fault.class_name.rfind('\\'); at != std::string::npos) {
        fault.class_name.erase(0, at + 1);
    }
    fault.message = colon == std::string::npos ? head : head.substr(colon + 2);
    if (trace != std::string::npos) {
        fault.stack = text.substr(trace + kTrace.size());
        fault.stack.erase(std::min(fault.stack.find("\n  thrown"), fault.stack.size()));
    }
}

/// Notes what ends the run; no locals with destructors may be alive when PHP jumps afterwards.
void note_error(Run& run, int type, zend_string* file, std::uint32_t line, zend_string* message) {
    const bool is_own = file != nullptr && view_of(file) == run.script.file;
    if (is_fatal(type)) {
        if (run.fault.is_set) {
            return;
        }
        run.fault.is_set = true;
        run.fault.message = run.without_paths(view_of(message));
        run.fault.line = is_own ? line : 0;
        take_uncaught(run.fault);
        if (run.fault.message.starts_with("Allowed memory size") ||
            run.fault.message.starts_with("Out of memory")) {
            run.fault.limit = Limit::Memory;
            run.fault.message = "The script used more memory than its limit.";
        } else if (run.fault.message.starts_with("Maximum execution time")) {
            run.fault.limit = Limit::Wall;
            run.fault.message = "The script ran longer than its time limit.";
        } else if (is_own && line > 0 && (type & E_COMPILE_ERROR) != 0) {
            run.fault.message += " (line " + std::to_string(line) + ")";
        }
        return;
    }
    if ((EG(error_reporting) & type) == 0) {
        return;
    }
    std::string text = run.without_paths(view_of(message));
    if (is_own) {
        text += " (line " + std::to_string(line) + ")";
    }
    run.log((type & (E_DEPRECATED | E_USER_DEPRECATED)) != 0 ? "debug" : "warn", text);
}

void on_error(int type, zend_string* file, std::uint32_t line, zend_string* message) {
    if (Run* run = active_run(); run != nullptr) {
        note_error(*run, type & E_ALL, file, line, message);
    } else {
        std::fprintf(stderr, "php: %s\n", ZSTR_VAL(message));
    }
    next_error(type, file, line, message);
}

// -- callbacks of the SAPI ------------------------------------------------------------------------

std::size_t write_output(const char* text, std::size_t length) {
    if (Run* run = active_run(); run != nullptr) {
        run->print({text, length});
    } else {
        std::fwrite(text, 1, length, stderr);
    }
    return length;
}

int send_headers(sapi_headers_struct* /*headers*/) {
    return SAPI_HEADER_SENT_SUCCESSFULLY;
}

void log_message(const char* message, int /*type*/) {
    std::fprintf(stderr, "php: %s\n", message);
}

// -- start-up -------------------------------------------------------------------------------------

zend_result start_module(int /*type*/, int /*number*/) {
    register_exceptions();
    register_api();
    register_log();
    next_compile = zend_compile_file;
    zend_compile_file = compile;
    return SUCCESS;
}

zend_module_entry& module_entry() {
    static zend_module_entry entry = {STANDARD_MODULE_HEADER,
                                      "sluice",
                                      kHelperFunctions,
                                      start_module,
                                      nullptr,
                                      nullptr,
                                      nullptr,
                                      nullptr,
                                      "1",
                                      STANDARD_MODULE_PROPERTIES};
    return entry;
}

/// Functions that are registered later vanish at the end of the first request.
int start_sapi(sapi_module_struct* module) {
    return php_module_startup(module, &module_entry());
}

/// PHP loads shared extensions in a way (RTLD_DEEPBIND) that the address sanitizer refuses.
constexpr bool loads_extensions() {
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
    return false;
#endif
#endif
    return true;
}

sapi_module_struct& sapi() {
    static sapi_module_struct module = {};
    return module;
}

// -- one request ----------------------------------------------------------------------------------

void execute(Run& run, zval* returned) {
    zend_file_handle file;
    zend_stream_init_filename(&file, run.script.file.c_str());
    file.primary_script = true;
    zend_op_array* code = zend_compile_file(&file, ZEND_REQUIRE);
    zend_destroy_file_handle(&file);
    if (code == nullptr) {
        return;
    }
    zend_execute(code, returned);
    zend_exception_restore();
    if (EG(exception) != nullptr && Z_TYPE(EG(user_exception_handler)) != IS_UNDEF &&
        !zend_is_unwind_exit(EG(exception))) {
        zend_user_exception_handler();
    }
    zend_destroy_static_vars(code);
    destroy_op_array(code);
    efree_size(code, sizeof(zend_op_array));
}

/// Takes what was thrown into `run.fault`. exit and our own stops look like a throw, too.
void settle_exception(Run& run) {
    zend_object* thrown = EG(exception);
    if (thrown == nullptr) {
        return;
    }
    if (zend_is_unwind_exit(thrown) || zend_is_graceful_exit(thrown)) {
        zend_clear_exception();
        return;
    }
    GC_ADDREF(thrown);
    zend_clear_exception();
    describe_throwable(run, thrown);
    OBJ_RELEASE(thrown);
    if (EG(exception) != nullptr) {
        zend_clear_exception();
    }
}

/// Everything of the script. May be left by a jump: owns nothing.
void run_script(Run& run) {
    zval returned;
    ZVAL_UNDEF(&returned);
    build_event(run);
    execute(run, &returned);
    settle_exception(run);
    php_call_shutdown_functions();
    php_free_shutdown_functions();
    settle_exception(run);
    if (run.has_exited && !run.is_service && !run.fault.is_set) {
        // In front of a call, going on as if all were well would let pass what was to be stopped.
        run.fault.is_set = true;
        run.fault.message = run.exit_text.empty() ? "The script called exit." : run.exit_text;
    }
    if (!run.fault.is_set) {
        collect_edits(run, &returned);
        settle_exception(run);
    }
    zval_ptr_dtor(&returned);
}

void describe_request(Run& run) {
    sapi_request_info& info = SG(request_info);
    const Frame& frame = run.frame;
    const auto* request = frame.head().if_contains("request");
    const auto text = [&](std::string_view key) -> const char* {
        const auto* found = request != nullptr && request->is_object()
                                ? request->get_object().if_contains(key)
                                : nullptr;
        return found != nullptr && found->is_string() ? found->get_string().c_str() : nullptr;
    };
    const PartView* body = frame.part("request.content");
    const char* uri = text("uri");
    run.query.clear();
    if (const char* mark = uri == nullptr ? nullptr : std::strchr(uri, '?'); mark != nullptr) {
        run.query = mark + 1;
    }
    SG(server_context) = &run;
    info.request_method = text("method");
    info.request_uri = const_cast<char*>(uri == nullptr ? "/" : uri);
    info.query_string = run.query.data();
    info.path_translated = const_cast<char*>(run.script.file.c_str());
    // PHP reads a form before the script starts, so only a script that can see it gets it.
    info.content_type = run.script.reads.form ? text("content_type") : nullptr;
    info.content_length = body == nullptr ? 0 : static_cast<zend_long>(body->data.size());
    info.proto_num = 1001;
    SG(sapi_headers).http_response_code = 200;
}

/// Of check_text(). May be left by a jump: owns nothing.
std::string_view text_to_check;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void compile_text(Run& run) {
    zend_string* text = zend_string_init(text_to_check.data(), text_to_check.size(), false);
    zend_op_array* code =
        zend_compile_string(text, run.script.file.c_str(), ZEND_COMPILE_POSITION_AT_OPEN_TAG);
    if (code != nullptr) {
        zend_destroy_static_vars(code);
        destroy_op_array(code);
        efree_size(code, sizeof(zend_op_array));
    }
    zend_string_release(text);
    settle_exception(run);
}

/// `work` between the start-up and the shut-down of a PHP request, under the limits of the run.
void in_request(Run& run, void (*work)(Run&)) {
    active_run() = &run;
    describe_request(run);
    start_clock(run.limits.wall_ms, run.script.reads.signals);
    bool is_started = false;
    // The jump that ends a run must not be ours alone: PHP's start-up and shut-down have their own.
    if (php_request_startup() == SUCCESS) {
        is_started = true;
        SG(request_info).no_headers = true;  // nothing is sent early: header() works to the end
        PG(during_request_startup) = false;
        if (run.limits.memory_bytes > 0) {
            PG(memory_limit) = static_cast<zend_long>(run.limits.memory_bytes);
            zend_set_memory_limit(static_cast<std::size_t>(run.limits.memory_bytes));
        }
        bool is_whole = false;
        zend_first_try {
            array_init(&run.kept);
            work(run);
            is_whole = true;
        }
        zend_end_try();
        if (is_whole) {
            release_event(run);
        } else if (!run.fault.is_set) {
            run.fault.is_set = true;
            run.fault.message = "PHP ended the script.";
        }
        if (run.limits.memory_bytes > 0) {
            // Destructors and output buffers still run, and must not fail over the last bytes.
            zend_set_memory_limit(static_cast<std::size_t>(run.limits.memory_bytes) + (8U << 20U));
        }
    }
    if (is_started) {
        php_request_shutdown(nullptr);
    }
    stop_clock();
    run.flush_output();
    SG(server_context) = nullptr;
    SG(request_info) = {};
    active_run() = nullptr;
}

}  // namespace

bool start_php() {
    sapi_module_struct& module = sapi();
    static char name[] = "fpm-fcgi";  // opcache serves only the names it knows
    static char label[] = "Sluice";
    module.name = name;
    module.pretty_name = label;
    module.startup = start_sapi;
    module.shutdown = php_module_shutdown_wrapper;
    module.ub_write = write_output;
    module.sapi_error = php_error;
    module.send_headers = send_headers;
    module.read_post = read_body;
    module.read_cookies = read_cookies;
    module.register_server_variables = fill_server;
    module.log_message = log_message;
    module.treat_data = treat_data;
    if (!loads_extensions()) {
        module.php_ini_ignore = 1;
        setenv("PHP_INI_SCAN_DIR", "", 1);  // NOLINT(concurrency-mt-unsafe)
    }
    zend_signal_startup();
    SIGG(reset) = false;  // no look at seven signals before each request: nobody else sets them
    sapi_startup(&module);
    module.ini_entries = const_cast<char*>(kIni);  // sapi_startup clears it
    if (module.startup(&module) == FAILURE) {
        return false;
    }
    // php_module_startup sets PHP's own; and a script may not lift its limit.
    sapi_register_treat_data(treat_data);
    auto* entry = static_cast<zend_ini_entry*>(
        zend_hash_str_find_ptr(EG(ini_directives), ZEND_STRL("memory_limit")));
    if (entry != nullptr) {
        entry->modifiable = ZEND_INI_SYSTEM;
    }
    next_error = zend_error_cb;
    zend_error_cb = on_error;
    zend_set_user_opcode_handler(ZEND_EXIT, on_exit_opcode);
    install_clock();
    return true;
}

void stop_php() {
    php_module_shutdown();
    sapi_shutdown();
}

void run_request(Run& run) {
    in_request(run, run_script);
}

void check_text(Run& run, const std::string& text) {
    text_to_check = text;
    in_request(run, compile_text);
    text_to_check = {};
}

std::string_view php_version() {
    return PHP_VERSION;
}

}  // namespace sluice::php
