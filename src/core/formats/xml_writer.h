#pragma once
/// Makes XML of an answer's JSON, in one pass over its text: numbers keep their digits.
/// Source: docs/reference/formats.md "XML out".

#include <string>
#include <string_view>

#include "core/json_reader.h"
#include "core/result.h"

namespace sluice {

/// Shape:   `<?xml version="1.0" ?><dfapi>`, an element for each member, one for each item of a
///          list; items of a bare list are `resource`, those of a list in a list `item`. Null is
///          `<x/>`. A character that XML has no place for becomes U+FFFD.
/// Threads: one. The JSON must outlive the writer.
class XmlWriter {
public:
    /// What stands around the elements of the root.
    static constexpr std::string_view kHead = "<?xml version=\"1.0\" ?><dfapi>";
    static constexpr std::string_view kTail = "</dfapi>";

    explicit XmlWriter(std::string_view json);

    /// Goes on for about this many bytes of JSON. False when there is no more.
    bool step(std::size_t bytes);
    /// Errors: Internal for what is no JSON, or would be too large.
    Result<std::string> take();

private:
    void begin();
    void write_member(const std::string& key);
    void write_element(const std::string& xml_name);
    void write_content(std::string_view json);
    void write_text(std::string_view text);

    std::string_view json_;
    JsonReader reader_;
    std::string out_;
    /// Of the elements that the items of the open list become; empty between the members.
    std::string item_name_;
    bool has_begun_ = false;
    bool is_list_ = false;
    bool is_done_ = false;
    bool has_failed_ = false;
};

}  // namespace sluice
