#include "native.h"

namespace sluice::python {
namespace {

constexpr std::size_t kKeys = 128;  // a power of two
constexpr Py_ssize_t kLongestKey = 64;

/// Reads by recursion, as deep as Python recurses. The text ends with a NUL, as all bytes do, and
/// no part of JSON but a string's inside goes on over one, so that `end_` is asked for only there.
class Reader {
public:
    Reader(const char* text, Py_ssize_t size, PyObject* kind, PyObject* empty, PyObject* decimal)
        : at_(text),
          end_(text + size),
          kind_(reinterpret_cast<PyTypeObject*>(kind)),
          make_(reinterpret_cast<newfunc>(PyType_GetSlot(kind_, Py_tp_new))),
          empty_(empty),
          decimal_(decimal) {}
    ~Reader() {
        for (const Key& key : keys_) {
            Py_XDECREF(key.made);
        }
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    PyObject* document() {
        skip_space();
        Ref made(value());
        if (!made) {
            return nullptr;
        }
        skip_space();
        return at_ == end_ ? made.release() : refuse();
    }

private:
    /// A key that has been read, so that rows share it. `text` points into the document.
    struct Key {
        const char* text;
        Py_ssize_t size;
        PyObject* made;
    };

    void skip_space() {
        while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') {
            ++at_;
        }
    }
    bool take(char byte) {
        if (*at_ != byte) {
            return false;
        }
        ++at_;
        return true;
    }

    PyObject* value();
    PyObject* object();
    PyObject* array();
    PyObject* key();
    PyObject* string();
    PyObject* escaped(const char* stop);
    bool escape();
    int hex();
    PyObject* word(const char* text, PyObject* value);

    const char* at_;
    const char* end_;
    PyTypeObject* kind_;
    newfunc make_;
    PyObject* empty_;  // the tuple
    PyObject* decimal_;
    Buffer scratch_;
    Key keys_[kKeys] = {};
};

PyObject* Reader::value() {
    switch (*at_) {
        case '"':
            ++at_;
            return string();
        case '{':
        case '[': {
            if (Py_EnterRecursiveCall(" while decoding JSON") != 0) {
                return nullptr;
            }
            PyObject* made = *at_++ == '{' ? object() : array();
            Py_LeaveRecursiveCall();
            return made;
        }
        case 't':
            return word("true", Py_True);
        case 'f':
            return word("false", Py_False);
        case 'n':
            return word("null", Py_None);
        default:
            return read_number(at_, decimal_, scratch_);
    }
}

PyObject* Reader::word(const char* text, PyObject* value) {
    const std::size_t size = std::strlen(text);
    if (std::strncmp(at_, text, size) != 0) {
        return refuse();
    }
    at_ += size;
    return Ref::share(value);
}

PyObject* Reader::object() {
    Ref made(make_(kind_, empty_, nullptr));
    skip_space();
    if (!made || take('}')) {
        return made.release();
    }
    for (;;) {
        if (!take('"')) {
            return refuse();
        }
        Ref name(key());
        if (!name) {
            return nullptr;
        }
        skip_space();
        if (!take(':')) {
            return refuse();
        }
        skip_space();
        Ref item(value());
        if (!item || PyDict_SetItem(made.get(), name.get(), item.get()) != 0) {
            return nullptr;
        }
        skip_space();
        if (take('}')) {
            return made.release();
        }
        if (!take(',')) {
            return refuse();
        }
        skip_space();
    }
}

PyObject* Reader::array() {
    Ref made(PyList_New(0));
    skip_space();
    if (!made || take(']')) {
        return made.release();
    }
    for (;;) {
        Ref item(value());
        if (!item || PyList_Append(made.get(), item.get()) != 0) {
            return nullptr;
        }
        skip_space();
        if (take(']')) {
            return made.release();
        }
        if (!take(',')) {
            return refuse();
        }
        skip_space();
    }
}

PyObject* Reader::key() {
    const char* stop = first_special(at_, end_);
    const Py_ssize_t size = stop - at_;
    if (*stop != '"' || size == 0 || size > kLongestKey) {
        return string();
    }
    const auto byte = [this](Py_ssize_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(at_[i]));
    };
    const std::size_t slot =
        byte(0) + byte(size / 2) * 5 + byte(size - 1) * 17 + static_cast<std::size_t>(size) * 31;
    Key& known = keys_[slot % kKeys];
    if (known.size != size || std::memcmp(known.text, at_, static_cast<std::size_t>(size)) != 0) {
        PyObject* made = PyUnicode_FromStringAndSize(at_, size);
        if (made == nullptr) {
            return nullptr;
        }
        Py_XDECREF(known.made);
        known = {at_, size, made};
    }
    at_ = stop + 1;
    return Ref::share(known.made);
}

PyObject* Reader::string() {
    const char* stop = first_special(at_, end_);
    if (*stop == '\\') {
        return escaped(stop);
    }
    if (*stop != '"') {
        return refuse();
    }
    PyObject* made = PyUnicode_FromStringAndSize(at_, stop - at_);
    at_ = stop + 1;
    return made;
}

PyObject* Reader::escaped(const char* stop) {
    scratch_.clear();
    for (;;) {
        if (!scratch_.put(at_, stop - at_)) {
            return nullptr;
        }
        at_ = stop + 1;
        if (*stop == '"') {
            return PyUnicode_FromStringAndSize(scratch_.data(), scratch_.size());
        }
        if (*stop != '\\') {
            return refuse();
        }
        if (!escape()) {
            return nullptr;
        }
        stop = first_special(at_, end_);
    }
}

/// What stands behind a backslash, into `scratch_`.
bool Reader::escape() {
    static constexpr char kLetters[] = "\"\\/bfnrt", kMeanings[] = "\"\\/\b\f\n\r\t";
    const char letter = *at_;
    if (letter != 'u') {
        const char* found = letter == '\0' ? nullptr : std::strchr(kLetters, letter);
        if (found == nullptr) {
            return refuse() != nullptr;
        }
        ++at_;
        return scratch_.put(kMeanings[found - kLetters]);
    }
    ++at_;
    int point = hex();
    if (point >= 0xD800 && point < 0xDC00 && at_[0] == '\\' && at_[1] == 'u') {
        at_ += 2;
        const int low = hex();
        point = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00)
                                              : -1;
    }
    // Half a pair has no UTF-8; it is one of the things left to json.
    if (point < 0 || (point >= 0xD800 && point < 0xE000)) {
        return refuse() != nullptr;
    }
    const auto tail = [point](int shift) {
        return static_cast<char>(0x80 | (point >> shift & 0x3F));
    };
    if (point < 0x80) {
        return scratch_.put(static_cast<char>(point));
    }
    if (point < 0x800) {
        const char bytes[] = {static_cast<char>(0xC0 | point >> 6), tail(0)};
        return scratch_.put(bytes, sizeof bytes);
    }
    if (point < 0x10000) {
        const char bytes[] = {static_cast<char>(0xE0 | point >> 12), tail(6), tail(0)};
        return scratch_.put(bytes, sizeof bytes);
    }
    const char bytes[] = {static_cast<char>(0xF0 | point >> 18), tail(12), tail(6), tail(0)};
    return scratch_.put(bytes, sizeof bytes);
}

/// Four hexadecimal digits, or -1.
int Reader::hex() {
    int made = 0;
    for (int i = 0; i < 4; ++i) {
        const char byte = *at_;
        const char small = static_cast<char>(byte | 0x20);
        if (byte >= '0' && byte <= '9') {
            made = made * 16 + (byte - '0');
        } else if (small >= 'a' && small <= 'f') {
            made = made * 16 + (small - 'a' + 10);
        } else {
            return -1;
        }
        ++at_;
    }
    return made;
}

}  // namespace

PyObject* decode(PyObject* text, PyObject* kind, PyObject* decimal) {
    if (!PyBytes_Check(text) || !PyType_Check(kind) ||
        PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(kind), &PyDict_Type) == 0) {
        PyErr_SetString(PyExc_TypeError, "decode(bytes, subclass of dict, function)");
        return nullptr;
    }
    Ref empty(PyTuple_New(0));
    if (!empty) {
        return nullptr;
    }
    return Reader(PyBytes_AsString(text), PyBytes_Size(text), kind, empty.get(), decimal)
        .document();
}

}  // namespace sluice::python
