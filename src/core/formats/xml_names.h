#pragma once
/// Names of fields as names of XML elements, and back.
/// Shape: a character that XML takes no name with becomes `_xHHHH_`, its number in hexadecimal, as
/// SQL/XML (ISO 9075-14) writes names of columns: `unit price` is `unit_x0020_price`. A name that
/// holds such a form already has its `_` written so; the empty name is `_x_`.

#include <string>
#include <string_view>

namespace sluice {

void append_xml_name(std::string& out, std::string_view name);
/// What `append_xml_name` was given. Text of any other form stays as it is.
std::string name_of_xml(std::string_view xml_name);

}  // namespace sluice
