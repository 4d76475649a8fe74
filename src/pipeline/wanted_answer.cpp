#include "pipeline/wanted_answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/json.h"
#include "core/response.h"
#include "core/words.h"
#include "pipeline/file_name.h"

namespace sluice::pipeline {
namespace {

/// How much each format is wanted, from 0 to 1; unset: not named.
struct Wishes {
    std::optional<double> json;
    std::optional<double> csv;
    std::optional<double> xml;
    std::string xml_type;
    /// Of a type that we cannot make.
    bool has_others = false;
    /// Browsers name XML among what they show, and mean pages.
    bool is_browser = false;
};

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
    return std::ranges::any_of(
        types, [type](std::string_view known) { return equals_ignoring_case(type, known); });
}

/// RFC 9110, 12.4.2; what is no number counts as 1.
double quality_of(std::string_view range) {
    std::size_t semicolon = range.find(';');
    while (semicolon != std::string_view::npos) {
        range.remove_prefix(semicolon + 1);
        semicolon = range.find(';');
        const std::string_view parameter = trimmed(range.substr(0, semicolon));
        if (parameter.starts_with("q=") || parameter.starts_with("Q=")) {
            double quality = 1;
            std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), quality);
            return std::clamp(quality, 0.0, 1.0);
        }
    }
    return 1;
}

/// What programs that want text, a script or events are content with.
bool is_met_by_json(std::string_view type) {
    return is_one_of(type, {"application/json", "*/*", "*", "application/*", "text/*", "text/plain",
                            "text/json", "text/html", "application/javascript", "text/javascript",
                            "text/event-stream", "application/xhtml+xml"}) ||
           type.ends_with("+json");
}

void raise(std::optional<double>& wish, double quality) {
    wish = std::max(wish.value_or(0), quality);
}

Wishes wishes_of(std::string_view accept) {
    Wishes wishes;
    bool is_json_named = false;
    double named_json = 0;
    for (const std::string& range : words_of(accept)) {
        const std::string_view type = trimmed(std::string_view(range).substr(0, range.find(';')));
        const double quality = quality_of(range);
        if (type.empty()) {
            continue;
        }
        if (is_one_of(type, {"text/csv", "application/csv", "application/x-csv"})) {
            raise(wishes.csv, quality);
        } else if (is_one_of(type, {"application/xml", "text/xml"})) {
            if (quality > wishes.xml.value_or(0)) {
                wishes.xml_type = lower_case(type);
            }
            raise(wishes.xml, quality);
        } else if (is_met_by_json(type)) {
            wishes.is_browser = wishes.is_browser || equals_ignoring_case(type, "text/html");
            if (equals_ignoring_case(type, kJsonType)) {
                is_json_named = true;
                named_json = std::max(named_json, quality);
            } else {
                raise(wishes.json, quality);
            }
        } else {
            wishes.has_others = true;
        }
    }
    // What is said of JSON itself counts more than what is said of any type.
    if (is_json_named) {
        wishes.json = named_json;
    }
    return wishes;
}

void choose(const Wishes& wishes, WantedAnswer& wanted) {
    const double json = wishes.json.value_or(0);
    const double csv = wishes.csv.value_or(0);
    const double xml = wishes.is_browser ? 0 : wishes.xml.value_or(0);
    if (!wishes.json && !wishes.csv && !wishes.xml) {
        wanted.is_impossible = wishes.has_others;
    } else if (json >= csv && json >= xml) {
        wanted.is_impossible = json == 0;
    } else if (xml >= csv) {
        wanted.format = Format::Xml;
        wanted.xml_type = wishes.xml_type;
    } else {
        wanted.format = Format::Csv;
    }
}

std::optional<Format> format_of_extension(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, Format>, 3> kExtensions{
        {{".json", Format::Json}, {".csv", Format::Csv}, {".xml", Format::Xml}}};
    const std::string lower = lower_case(name);
    for (const auto& [extension, format] : kExtensions) {
        if (lower.ends_with(extension)) {
            return format;
        }
    }
    return std::nullopt;
}

std::string_view extension_of(Format format) {
    switch (format) {
        case Format::Csv:
            return ".csv";
        case Format::Xml:
            return ".xml";
        default:
            return ".json";
    }
}

bool is_off(std::string_view text) {
    return is_one_of(text, {"", "0", "false", "no", "n", "f", "off"});
}

std::string_view last_segment_of(std::string_view path) {
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    return path.substr(path.rfind('/') + 1);
}

void name_file(std::string_view file, const Request& request, WantedAnswer& wanted) {
    if (const auto format = format_of_extension(file)) {
        wanted.format = *format;
        wanted.is_impossible = false;
        wanted.file = safe_file_name(file);
        return;
    }
    const std::string_view stem = is_truthy(file) ? last_segment_of(request.path) : file;
    wanted.file = safe_file_name(std::string(stem).append(extension_of(wanted.format)));
}

}  // namespace

WantedAnswer wanted_answer(const Request& request) {
    WantedAnswer wanted;
    const std::string_view parameter = request.parameters.get_or("accept", "");
    const std::string_view accept =
        parameter.empty() ? request.headers.get_or("accept", "") : parameter;
    if (!accept.empty() && accept != kJsonType && accept != "*/*") {  // what nearly all send
        choose(wishes_of(accept), wanted);
    }
    if (const std::string* file = request.parameters.find("file");
        file != nullptr && !is_off(trimmed(*file))) {
        name_file(trimmed(*file), request, wanted);
    }
    if (wanted.format == Format::Xml && wanted.xml_type.empty()) {
        wanted.xml_type = "application/xml";
    }
    return wanted;
}

Error no_such_format() {
    return Error(ErrorKind::BadRequest,
                 "Content in response can not be resolved to acceptable content type. There are "
                 "application/json, text/csv, application/xml and text/xml.")
        .with_status(406)
        .with_code(406);
}

}  // namespace sluice::pipeline
