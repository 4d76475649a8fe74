#include <charconv>
#include <cmath>

#include "native.h"

namespace sluice::python {
namespace {

constexpr Py_ssize_t kLongestInteger = 24;  // bytes that hold any long long
constexpr int kShortInteger = 18;           // digits that always fit into one
// Sixteen characters without an exponent are fifteen digits, which always survive a float.
constexpr int kShortDecimal = 16;
constexpr double kPowers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr int kTriedPlaces = 4;  // of a float that is written

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/// The bytes [start, end) with a NUL behind them, or null.
const char* copy(const char* start, const char* end, Buffer& scratch) {
    scratch.clear();
    return scratch.put(start, end - start) && scratch.put('\0') ? scratch.data() : nullptr;
}

PyObject* long_decimal(const char* start, const char* end, PyObject* decimal, Buffer& scratch) {
    const char* numeral = copy(start, end, scratch);
    if (numeral == nullptr) {
        return nullptr;
    }
    const double made = PyOS_string_to_double(numeral, nullptr, nullptr);
    if (made == -1.0 && PyErr_Occurred() != nullptr) {
        return nullptr;
    }
    char* text = PyOS_double_to_string(made, 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
    if (text == nullptr) {
        return nullptr;
    }
    const bool same = std::strcmp(text, numeral) == 0;
    PyMem_Free(text);
    if (same) {
        return PyFloat_FromDouble(made);
    }
    const Ref whole(PyUnicode_FromStringAndSize(start, end - start));
    return whole ? PyObject_CallFunctionObjArgs(decimal, whole.get(), nullptr) : nullptr;
}

/// Adds digits to `value` and stands behind them. Overflow is for the caller to expect.
const char* digits(const char* at, std::uint64_t& value) {
    for (; is_digit(*at); ++at) {
        value = value * 10 + static_cast<std::uint64_t>(*at - '0');
    }
    return at;
}

}  // namespace

PyObject* read_number(const char*& at, PyObject* decimal, Buffer& scratch) {
    const char* start = at;
    const bool negative = *start == '-';
    const char* whole = start + (negative ? 1 : 0);
    std::uint64_t value = 0;
    const char* end = digits(whole, value);
    if (end == whole || (*whole == '0' && end - whole > 1)) {
        return refuse();
    }
    if (*end != '.' && *end != 'e' && *end != 'E') {
        at = end;
        if (end - whole > kShortInteger) {
            const char* numeral = copy(start, end, scratch);
            return numeral == nullptr ? nullptr : PyLong_FromString(numeral, nullptr, 10);
        }
        const auto made = static_cast<long long>(value);
        return PyLong_FromLongLong(negative ? -made : made);
    }
    const char* fraction = end;
    if (*end == '.') {
        fraction = end + 1;
        end = digits(fraction, value);
        if (end == fraction) {
            return refuse();
        }
    }
    const auto places = end - fraction;
    if (*end == 'e' || *end == 'E') {
        ++end;
        end += *end == '+' || *end == '-' ? 1 : 0;
        if (!is_digit(*end)) {
            return refuse();
        }
        at = digits(end, value);
        return long_decimal(start, at, decimal, scratch);
    }
    at = end;
    if (end - start > kShortDecimal) {
        return long_decimal(start, end, decimal, scratch);
    }
    // Both are exact, so their quotient is the nearest float.
    const double made = static_cast<double>(value) / kPowers[places];
    return PyFloat_FromDouble(negative ? -made : made);
}

bool write_integer(Buffer& out, PyObject* number) {
    int overflow = 0;
    const long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (overflow == 0) {
        char* at = out.room(kLongestInteger);
        if (at == nullptr) {
            return false;
        }
        out.took(std::to_chars(at, at + kLongestInteger, value).ptr - at);
        return true;
    }
    // By int's own rules, whatever a subclass calls itself.
    const auto repr = reinterpret_cast<reprfunc>(PyType_GetSlot(&PyLong_Type, Py_tp_repr));
    const Ref text(repr(number));
    return text && out.put_text(text.get());
}

bool write_float(Buffer& out, double number) {
    if (!std::isfinite(number)) {
        return refuse() != nullptr;
    }
    const double size = std::fabs(number);
    // A decimal of fifteen digits that gives this float is the one that Python would find.
    for (int places = 0; places <= kTriedPlaces && size * kPowers[places] < 1e15; ++places) {
        const auto value = std::llround(size * kPowers[places]);
        if (static_cast<double>(value) / kPowers[places] != size) {
            continue;
        }
        const auto scale = static_cast<long long>(kPowers[places]);
        char* const start = out.room(2 * kLongestInteger);
        if (start == nullptr) {
            return false;
        }
        char* at = start;
        if (std::signbit(number)) {
            *at++ = '-';
        }
        at = std::to_chars(at, at + kLongestInteger, value / scale).ptr;
        *at++ = '.';
        long long rest = value % scale;
        const int width = places == 0 ? 1 : places;
        for (int i = width - 1; i >= 0; --i, rest /= 10) {
            at[i] = static_cast<char>('0' + rest % 10);
        }
        out.took(at + width - start);
        return true;
    }
    char* text = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
    if (text == nullptr) {
        return false;
    }
    const bool written = out.put(text, static_cast<Py_ssize_t>(std::strlen(text)));
    PyMem_Free(text);
    return written;
}

}  // namespace sluice::python
