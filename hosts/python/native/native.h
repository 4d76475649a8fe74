#pragma once

// The stable part of CPython's interface: one module serves every Python 3 from 3.10 on.
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030A0000
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <Python.h>

/// The JSON codec of the Python host. It answers for what is common; whatever it fails at, its
/// caller gives to json, which finds the words for what is wrong or knows how it is done after all.
/// As everywhere in CPython: a null pointer or false is an error that Python has been told of.
namespace sluice::python {

/// `text` (bytes) as a value. Every object is made as a `kind`, a subclass of dict without a
/// constructor of its own. `decimal(str)` reads the numerals that a float may not hold.
/// Errors: ValueError (also for half a surrogate pair), RecursionError, MemoryError, TypeError.
PyObject* decode(PyObject* text, PyObject* kind, PyObject* decimal);

/// `value` as bytes of JSON. `kind`: a subclass of dict whose members may be read as a dict's,
/// which no other subclass is trusted with. A `kept` (subclass of float) is written as its
/// attribute `text`. `other(value)` stands in for what JSON has no word for. Errors: TypeError,
/// ValueError (also for half a surrogate pair), RecursionError, MemoryError, and whatever `other`
/// raises.
PyObject* encode(PyObject* value, PyObject* kind, PyObject* kept, PyObject* other);

/// Tells Python of a ValueError. Null, for any caller.
inline std::nullptr_t refuse() {
    PyErr_SetString(PyExc_ValueError, "no JSON");
    return nullptr;
}

/// One reference, given back at the end of the scope.
class Ref {
public:
    explicit Ref(PyObject* owned) : object_(owned) {}
    ~Ref() { Py_XDECREF(object_); }
    Ref(const Ref&) = delete;
    Ref& operator=(const Ref&) = delete;

    static PyObject* share(PyObject* borrowed) {
        Py_INCREF(borrowed);
        return borrowed;
    }
    PyObject* get() const { return object_; }
    explicit operator bool() const { return object_ != nullptr; }
    PyObject* release() {
        PyObject* object = object_;
        object_ = nullptr;
        return object;
    }

private:
    PyObject* object_;
};

/// Bytes that grow. Every function says whether there was memory.
class Buffer {
public:
    Buffer() = default;
    ~Buffer() { PyMem_Free(heap_); }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    const char* data() const { return data_; }
    Py_ssize_t size() const { return size_; }
    void clear() { size_ = 0; }
    char& last() { return data_[size_ - 1]; }

    /// Where `count` bytes may be written; `took` says how many were.
    char* room(Py_ssize_t count) {
        return count <= capacity_ - size_ || grow(count) ? data_ + size_ : nullptr;
    }
    void took(Py_ssize_t count) { size_ += count; }

    bool put(char byte) {
        char* at = room(1);
        if (at == nullptr) {
            return false;
        }
        *at = byte;
        ++size_;
        return true;
    }
    bool put(const char* bytes, Py_ssize_t count) {
        char* at = room(count);
        if (at == nullptr) {
            return false;
        }
        std::memcpy(at, bytes, static_cast<std::size_t>(count));
        size_ += count;
        return true;
    }
    /// A str as UTF-8.
    bool put_text(PyObject* text) {
        Py_ssize_t count = 0;
        const char* bytes = PyUnicode_AsUTF8AndSize(text, &count);
        return bytes != nullptr && put(bytes, count);
    }

private:
    bool grow(Py_ssize_t count);

    char first_[1024];
    char* heap_ = nullptr;
    char* data_ = first_;
    Py_ssize_t size_ = 0;
    Py_ssize_t capacity_ = sizeof first_;
};

/// The first byte of [at, end) that cannot stand in a JSON string as it is: a quote, a backslash, a
/// control character; or `end`.
inline const char* first_special(const char* at, const char* end) {
    constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
    if constexpr (std::endian::native == std::endian::little) {
        for (; end - at >= 8; at += 8) {
            std::uint64_t word;
            std::memcpy(&word, at, sizeof word);
            const std::uint64_t quote = word ^ (kOnes * '"'), slash = word ^ (kOnes * '\\');
            // The lowest byte that is marked is one for certain; a borrow marks only bytes above
            // it.
            const std::uint64_t found = (((quote - kOnes) & ~quote) | ((slash - kOnes) & ~slash) |
                                         ((word - kOnes * 0x20) & ~word)) &
                                        kHighs;
            if (found != 0) {
                return at + std::countr_zero(found) / 8;
            }
        }
    }
    for (; at != end; ++at) {
        const auto byte = static_cast<unsigned char>(*at);
        if (byte < 0x20 || byte == '"' || byte == '\\') {
            break;
        }
    }
    return at;
}

/// The number at `at`, which moves behind it: an int, a float, or what `decimal(str)` makes of a
/// numeral that a float may not hold.
PyObject* read_number(const char*& at, PyObject* decimal, Buffer& scratch);

/// As int.__repr__ and float.__repr__ write them. Errors: ValueError for infinities and what is no
/// number, and for an int of more digits than Python writes.
bool write_integer(Buffer& out, PyObject* number);
bool write_float(Buffer& out, double number);

}  // namespace sluice::python
