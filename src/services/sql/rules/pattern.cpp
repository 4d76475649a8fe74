#include "services/sql/rules/pattern.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/sql/base64.h"
#include "services/sql/rules/regex.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kMaxPattern = 1000;
/// What a pattern is matched against; longer texts do not match.
constexpr std::size_t kMaxMatched = 64UL * 1024;

/// `(?R)`, `(?1)`, `(?&name)`: the library does not count the work of these.
bool recurses(std::string_view pattern) {
    for (std::size_t at = pattern.find("(?"); at != std::string_view::npos;
         at = pattern.find("(?", at + 1)) {
        std::string_view rest = pattern.substr(at + 2);
        const bool is_signed = rest.starts_with('+') || rest.starts_with('-');
        const bool is_number = rest.substr(is_signed ? 1 : 0).find_first_of("0123456789") == 0;
        const bool is_escaped =
            (at - std::min(pattern.substr(0, at).find_last_not_of('\\') + 1, at)) % 2 == 1;
        if (!is_escaped && (is_number || rest.starts_with('R') || rest.starts_with('&') ||
                            rest.starts_with("P>"))) {
            return true;
        }
    }
    return false;
}

/// "/^a+$/i" -> the pattern and its letters.
Result<boost::regex> pattern_of(std::string_view given) {
    const auto wrong = [] {
        return fail(ErrorKind::BadRequest,
                    "its 'regexp' must be a pattern such as \"/^a+$/i\", in "
                    "base64, of at most 1000 bytes");
    };
    const std::size_t close = given.empty() ? std::string_view::npos : given.rfind(given.front());
    const bool is_delimited =
        given.size() >= 2 && close != 0 && close != std::string_view::npos &&
        std::string_view("/#~!@%|").find(given.front()) != std::string_view::npos;
    if (!is_delimited || given.size() > kMaxPattern) {
        return wrong();
    }
    if (recurses(given.substr(1, close - 1))) {
        return fail(ErrorKind::BadRequest, "its 'regexp' must not refer to itself");
    }
    using Flags = boost::regex::flag_type;
    Flags flags = Flags{boost::regex::perl} | Flags{boost::regex::no_mod_m};
    for (const char letter : given.substr(close + 1)) {
        switch (letter) {
            case 'i':
                flags |= Flags{boost::regex::icase};
                break;
            case 'm':
                flags &= ~Flags{boost::regex::no_mod_m};
                break;
            case 's':
                flags |= Flags{boost::regex::mod_s};
                break;
            case 'x':
                flags |= Flags{boost::regex::mod_x};
                break;
            case 'u':
            case 'D':
                break;
            default:
                return wrong();
        }
    }
    try {
        return boost::regex(std::string(given.substr(1, close - 1)), flags);
    } catch (const std::exception&) {
        return wrong();
    }
}

}  // namespace

Result<Pattern> read_pattern(std::string_view base64) {
    const auto decoded = from_base64(base64);
    if (!decoded || decoded->empty()) {
        return fail(ErrorKind::BadRequest, "it needs a 'regexp' in base64");
    }
    SLUICE_TRY(auto pattern, pattern_of(*decoded));
    return Pattern([pattern = std::move(pattern)](std::string_view text) {
        if (text.size() > kMaxMatched) {
            return false;
        }
        try {
            return boost::regex_search(text.begin(), text.end(), pattern);
        } catch (const std::exception&) {
            return false;  // too much work to tell
        }
    });
}

}  // namespace sluice::services::sql
