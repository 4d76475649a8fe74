#pragma once
/// UTF-8 <-> the UTF-16 of ODBC.

#include <string>
#include <string_view>

namespace sluice::services::sql {

/// What is no UTF-8 becomes U+FFFD.
std::u16string wide_of(std::string_view text);

/// Appends; halves of characters become U+FFFD.
void append_narrow(std::string& out, std::u16string_view wide);

/// As the driver manager takes it.
inline unsigned short* units_of(std::u16string& wide) {
    return reinterpret_cast<unsigned short*>(wide.data());
}

inline std::string narrow_of(std::u16string_view wide) {
    std::string out;
    append_narrow(out, wide);
    return out;
}

bool is_ascii(std::string_view text);

}  // namespace sluice::services::sql
