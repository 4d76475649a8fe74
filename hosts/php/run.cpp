#include "run.h"

namespace sluice::php {

namespace {

constexpr std::size_t kLongestOutput = 64U << 10U;  // sent at this length even in mid-line

}  // namespace

Run*& active_run() {
    static Run* run = nullptr;
    return run;
}

void Run::print(std::string_view text) {
    printed += static_cast<std::int64_t>(text.size());
    if (limits.output_bytes > 0 && printed > limits.output_bytes) {
        stop(Limit::Output, "The script printed more than its limit.");
        return;
    }
    output += text;
    if (is_service) {
        shown += text;
    }
    if (output.size() > kLongestOutput) {
        flush_output();
    }
}

void Run::flush_output() {
    if (output.empty()) {
        return;
    }
    if (output.back() == '\n') {
        output.pop_back();
    }
    std::string text;
    text.swap(output);
    log("info", text);
}

void Run::log(std::string_view level, std::string_view text) {
    if (!output.empty()) {
        flush_output();
    }
    std::string log_head = "\"run\":" + std::to_string(number) + ",\"level\":\"";
    log_head += level;
    log_head += '"';
    std::string data;
    if (is_utf8(text)) {
        data = text;
    } else {
        append_json_text(data, text);  // replaces what is not UTF-8; escapes do no harm in a log
    }
    channel.send('G', log_head, {{"text", "text", std::move(data)}});
}

void Run::stop(Limit limit, std::string_view message) {
    if (fault.limit == Limit::None) {
        fault.is_set = true;
        fault.limit = limit;
        fault.message = message;
        if (const char* file = zend_get_executed_filename(); script.file == file) {
            fault.line = static_cast<std::int64_t>(zend_get_executed_lineno());
        }
    }
    if (EG(exception) == nullptr && EG(current_execute_data) != nullptr) {
        zend_throw_unwind_exit();
    }
}

std::string Run::without_paths(std::string_view text) const {
    std::string out(text);
    const auto replace = [&out](std::string_view what, std::string_view by) {
        for (std::size_t at = out.find(what); at != std::string::npos;
             at = out.find(what, at + by.size())) {
            out.replace(at, what.size(), by);
        }
    };
    replace(script.file, script.name);
    return out;
}

}  // namespace sluice::php
