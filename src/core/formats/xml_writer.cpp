#include "core/formats/xml_writer.h"

#include <algorithm>

#include "core/formats/grown.h"
#include "core/formats/xml_names.h"

namespace sluice {
namespace {

using Type = JsonReader::Type;

constexpr std::string_view kNoCharacter = "\xEF\xBF\xBD";

std::string xml_name_of(std::string_view key) {
    std::string name;
    append_xml_name(name, key);
    return name;
}

/// U+FFFE and U+FFFF, which are no characters to XML.
bool is_no_character(std::string_view text, std::size_t at) {
    return text[at] == '\xEF' && text.substr(at, 2) == "\xEF\xBF" && at + 2 < text.size() &&
           (text[at + 2] == '\xBE' || text[at + 2] == '\xBF');
}

}  // namespace

XmlWriter::XmlWriter(std::string_view json) : json_(json), reader_(json) {}

bool XmlWriter::step(std::size_t bytes) {
    if (!has_begun_) {
        begin();
    }
    const std::size_t until = reader_.position() + bytes;
    std::string key;
    while (!is_done_ && !has_failed_ && reader_.position() < until) {
        if (!item_name_.empty()) {
            if (reader_.next_item()) {
                write_element(item_name_);
            } else {
                item_name_.clear();
                is_done_ = is_list_;
            }
        } else if (!reader_.next_key(key)) {
            is_done_ = true;
        } else if (reader_.peek() == Type::Array) {
            reader_.open();
            item_name_ = xml_name_of(key);
        } else {
            write_element(xml_name_of(key));
        }
        has_failed_ = has_failed_ || has_grown_wild(out_.size(), json_.size());
    }
    return !is_done_ && !has_failed_;
}

Result<std::string> XmlWriter::take() {
    if (has_failed_ || reader_.has_failed()) {
        return fail(ErrorKind::Internal, "The answer cannot be put into XML.");
    }
    out_.append(kTail);
    return std::move(out_);
}

void XmlWriter::begin() {
    has_begun_ = true;
    out_ = kHead;
    switch (reader_.peek()) {
        case Type::Array:
            is_list_ = true;
            item_name_ = "resource";
            reader_.open();
            break;
        case Type::Object:
            reader_.open();
            break;
        default:
            write_content(reader_.raw());
            is_done_ = true;
    }
}

void XmlWriter::write_member(const std::string& key) {
    const std::string name = xml_name_of(key);
    if (reader_.peek() != Type::Array) {
        write_element(name);
        return;
    }
    reader_.open();
    while (reader_.next_item()) {
        write_element(name);
    }
}

/// The value that comes next as one element. As deep as the JSON, which the reader bounds.
void XmlWriter::write_element(const std::string& xml_name) {
    const Type type = reader_.peek();
    if (type == Type::Null) {
        reader_.raw();
        out_.append("<").append(xml_name).append("/>");
        return;
    }
    out_.append("<").append(xml_name).append(">");
    if (type == Type::Object) {
        std::string key;
        reader_.open();
        while (reader_.next_key(key)) {
            write_member(key);
        }
    } else if (type == Type::Array) {
        write_member("item");
    } else {
        write_content(reader_.raw());
    }
    out_.append("</").append(xml_name).append(">");
}

/// A value that is neither object nor array.
void XmlWriter::write_content(std::string_view json) {
    if (json.empty() || json == "null") {
        return;
    }
    if (json.front() != '"') {
        out_.append(json);
    } else if (json.find('\\') == std::string_view::npos) {
        write_text(json.substr(1, json.size() - 2));
    } else {
        write_text(JsonReader(json).string());
    }
}

void XmlWriter::write_text(std::string_view text) {
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string_view instead;
        std::size_t length = 1;
        const char c = text[i];
        if (c == '&') {
            instead = "&amp;";
        } else if (c == '<') {
            instead = "&lt;";
        } else if (c == '>') {
            instead = "&gt;";
        } else if (c == '\r') {
            instead = "&#13;";  // bare, it would be read as a line feed
        } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') {
            instead = kNoCharacter;
        } else if (is_no_character(text, i)) {
            instead = kNoCharacter;
            length = 3;
        } else {
            continue;
        }
        out_.append(text.substr(plain, i - plain)).append(instead);
        i += length - 1;
        plain = i + 1;
    }
    out_.append(text.substr(plain));
}

}  // namespace sluice
