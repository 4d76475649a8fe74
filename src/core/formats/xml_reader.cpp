#include "core/formats/xml_reader.h"

#include <memory>
#include <unordered_map>
#include <vector>

#include <expat.h>

#include "core/fields.h"
#include "core/formats/xml_names.h"
#include "core/json.h"

namespace sluice {
namespace {

constexpr std::string_view kRecords = "resource";

/// What an element of one name in another came to so far.
struct Member {
    std::string name;
    /// JSON, with commas between the items when there are several.
    std::string json;
    std::size_t count = 0;
    /// A list whatever the count: records, which may be one or none.
    bool is_list = false;

    void add(std::string item) {
        if (count++ == 0) {
            json = std::move(item);
        } else {
            json.append(",").append(item);
        }
    }
    void append_to(std::string& out) const {
        const bool is_many = is_list || count > 1;
        append_json_string(out, name);
        out.append(is_many ? ":[" : ":").append(json).append(is_many ? "]" : "");
    }
};

struct Element {
    std::string name;
    std::string text;
    std::vector<Member> members;
    std::unordered_map<std::string, std::size_t> places;

    /// Null for one name too many.
    Member* member(const std::string& wanted) {
        // Mostly the one before comes again, or a new one.
        if (!members.empty() && members.back().name == wanted) {
            return &members.back();
        }
        const auto [found, is_new] = places.try_emplace(wanted, members.size());
        if (is_new) {
            if (members.size() >= kMaxXmlNames) {
                return nullptr;
            }
            members.emplace_back().name = wanted;
        }
        return &members[found->second];
    }
};

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string json_of(Element& element) {
    if (element.members.empty()) {
        return is_blank(element.text) ? "null" : json_string(element.text);
    }
    std::string json;
    for (const Member& member : element.members) {
        json.push_back(json.empty() ? '{' : ',');
        member.append_to(json);
    }
    json.push_back('}');
    return json;
}

/// Namespaces only tell who made a name: what counts is the name.
std::string local_name_of(std::string_view xml_name) {
    const std::size_t colon = xml_name.rfind(':');
    return name_of_xml(colon == std::string_view::npos ? xml_name : xml_name.substr(colon + 1));
}

/// Of the document and not of the record.
bool is_of_the_document(std::string_view attribute) {
    return attribute == "xmlns" || attribute.starts_with("xmlns:") ||
           attribute.starts_with("xml:") || attribute.starts_with("xsi:");
}

class Reader {
public:
    Reader() : parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {
        XML_SetUserData(parser_.get(), this);
        XML_SetElementHandler(parser_.get(), &Reader::on_start, &Reader::on_end);
        XML_SetCharacterDataHandler(parser_.get(), &Reader::on_text);
        XML_SetStartDoctypeDeclHandler(parser_.get(), &Reader::on_doctype);
    }

    Result<std::string> read(std::string_view text) {
        // Its lengths are ints; no body comes near.
        if (text.size() > (std::size_t{1} << 30U)) {
            return fail(ErrorKind::PayloadTooLarge, "The XML is too large.");
        }
        const XML_Status status =
            XML_Parse(parser_.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
        if (fault_.empty() && status != XML_STATUS_OK) {
            fault_ = XML_ErrorString(XML_GetErrorCode(parser_.get()));
        }
        if (!fault_.empty()) {
            return fail(ErrorKind::BadRequest,
                        "Invalid or malformed XML in the request body at line " +
                            std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ": " +
                            fault_ + ".");
        }
        return std::move(payload_);
    }

private:
    // Called from C: nothing may be thrown through it.
    template <typename Work>
    static void guard(void* self, Work work) noexcept {
        auto& reader = *static_cast<Reader*>(self);
        if (!reader.fault_.empty()) {
            return;
        }
        try {
            work(reader);
        } catch (const std::exception&) {
            reader.stop("out of memory");
        }
    }

    static void on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
        guard(self, [&](Reader& reader) { reader.start(name, attributes); });
    }
    static void on_end(void* self, const XML_Char* /*name*/) {
        guard(self, [](Reader& reader) { reader.end(); });
    }
    static void on_text(void* self, const XML_Char* text, int length) {
        guard(self, [&](Reader& reader) {
            if (!reader.open_.empty()) {
                reader.open_.back().text.append(text, static_cast<std::size_t>(length));
            }
        });
    }
    static void on_doctype(
        void* self, const XML_Char*, const XML_Char*, const XML_Char*, int /*has_subset*/) {
        guard(self, [](Reader& reader) {
            reader.stop("a document type declaration (DOCTYPE) is not accepted");
        });
    }

    void stop(std::string fault) {
        fault_ = std::move(fault);
        XML_StopParser(parser_.get(), XML_FALSE);
    }

    void start(const XML_Char* name, const XML_Char** attributes) {
        for (; *attributes != nullptr; attributes += 2) {
            if (!is_of_the_document(*attributes)) {
                stop("attribute '" + std::string(*attributes).substr(0, 64) +
                     "' has no place in a record, send it as an element");
                return;
            }
        }
        if (open_.size() >= kMaxXmlDepth) {
            stop("elements are nested deeper than " + std::to_string(kMaxXmlDepth) + " levels");
        } else if (++elements_ > kMaxXmlElements) {
            stop("there are more than " + std::to_string(kMaxXmlElements) + " elements");
        } else {
            open_.emplace_back().name = local_name_of(name);
        }
    }

    void end() {
        Element element = std::move(open_.back());
        open_.pop_back();
        if (!element.members.empty() && !is_blank(element.text)) {
            stop("element '" + element.name.substr(0, 64) + "' holds both text and elements");
            return;
        }
        std::string json = json_of(element);
        if (open_.empty()) {
            end_root(element, std::move(json));
            return;
        }
        Member* member = open_.back().member(element.name);
        if (member == nullptr) {
            stop("an element holds more than " + std::to_string(kMaxXmlNames) + " names");
            return;
        }
        member->is_list = open_.size() == 1 && element.name == kRecords;
        if (!member->is_list || json != "null") {
            member->add(std::move(json));
        }
    }

    void end_root(const Element& root, std::string json) {
        const bool is_empty = json == "null";
        if (root.name == kRecords) {
            payload_ = "{\"resource\":[" + (is_empty ? "" : std::move(json)) + "]}";
        } else {
            payload_ = is_empty ? "{}" : std::move(json);
        }
    }

    std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
    std::vector<Element> open_;
    std::size_t elements_ = 0;
    std::string payload_;
    std::string fault_;
};

}  // namespace

Result<std::string> json_of_xml(std::string_view text) {
    // As in the other formats, blanks around it do not matter, not even before the declaration.
    return Reader().read(trimmed(text));
}

bool looks_like_xml(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.remove_prefix(3);
    }
    text = trimmed(text);
    return text.size() > 2 && text.front() == '<' && text.back() == '>';
}

}  // namespace sluice
