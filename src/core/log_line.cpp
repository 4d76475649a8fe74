#include "core/log_line.h"

#include "core/utf8.h"

namespace sluice::log {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_control(unsigned char c) {
    return (c < 0x20 && c != '\t') || c == 0x7F;
}

}  // namespace

void append_as_line(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const auto byte = static_cast<unsigned char>(c);
        const std::size_t length = byte < 0x80 ? 1 : utf8_length_at(text, at);
        if (c == '\n') {
            out.append("\\n");
        } else if (is_control(byte)) {
            out.push_back('?');
        } else if (length == 0) {
            out.append(kReplacement);
        } else {
            out.append(text.substr(at, length));
        }
        at += length == 0 ? 1 : length;
    }
}

}  // namespace sluice::log
