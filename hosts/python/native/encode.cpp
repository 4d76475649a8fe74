#include "native.h"

namespace sluice::python {
namespace {

/// Writes by recursion, as deep as Python recurses. Whatever is being written is held, since
/// `other` and `items` are code that may change or drop it meanwhile.
class Writer {
public:
    Writer(PyObject* kind, PyObject* kept, PyObject* other)
        : kind_(kind), kept_(kept), other_(other) {}

    bool value(PyObject* object);
    const Buffer& written() const { return out_; }

private:
    bool any(PyObject* object);
    bool nested(bool (Writer::*write)(PyObject*), PyObject* object);
    bool own_map(PyObject* object);
    bool foreign_map(PyObject* object);
    bool member(PyObject* key, PyObject* item);
    bool key(PyObject* key);
    bool list(PyObject* object);
    bool tuple(PyObject* object);
    bool sequence(PyObject* object);
    bool string(PyObject* object);
    bool decimal(PyObject* object);
    bool stand_in(PyObject* object);

    /// Members end with a comma each; the last becomes the end of the whole.
    bool close(char open, char end) {
        if (out_.last() == open) {
            return out_.put(end);
        }
        out_.last() = end;
        return true;
    }

    PyObject* kind_;
    PyObject* kept_;
    PyObject* other_;
    Buffer out_;
};

/// What is most frequent, by its exact type.
bool Writer::value(PyObject* object) {
    const auto* type = reinterpret_cast<PyObject*>(Py_TYPE(object));
    const auto is = [type](PyTypeObject& wanted) {
        return type == reinterpret_cast<PyObject*>(&wanted);
    };
    if (is(PyUnicode_Type)) {
        return string(object);
    }
    if (is(PyLong_Type)) {
        return write_integer(out_, object);
    }
    if (is(PyFloat_Type)) {
        return write_float(out_, PyFloat_AsDouble(object));
    }
    if (object == Py_None) {
        return out_.put("null", 4);
    }
    if (object == Py_True) {
        return out_.put("true", 4);
    }
    if (object == Py_False) {
        return out_.put("false", 5);
    }
    if (type == kind_ || is(PyDict_Type)) {
        return nested(&Writer::own_map, object);
    }
    if (is(PyList_Type)) {
        return nested(&Writer::list, object);
    }
    return any(object);
}

/// The order is json's: what is of two kinds is written as the first.
bool Writer::any(PyObject* object) {
    if (PyUnicode_Check(object)) {
        return string(object);
    }
    if (PyLong_Check(object)) {
        return write_integer(out_, object);
    }
    if (PyFloat_Check(object)) {
        return decimal(object);
    }
    if (PyTuple_CheckExact(object)) {
        return nested(&Writer::tuple, object);
    }
    if (PyList_Check(object) || PyTuple_Check(object)) {
        return nested(&Writer::sequence, object);
    }
    if (PyDict_Check(object)) {
        return nested(&Writer::foreign_map, object);
    }
    return nested(&Writer::stand_in, object);
}

bool Writer::nested(bool (Writer::*write)(PyObject*), PyObject* object) {
    if (Py_EnterRecursiveCall(" while encoding JSON") != 0) {
        return false;
    }
    const bool written = (this->*write)(object);
    Py_LeaveRecursiveCall();
    return written;
}

bool Writer::own_map(PyObject* object) {
    const Py_ssize_t size = PyDict_Size(object);
    if (!out_.put('{')) {
        return false;
    }
    Py_ssize_t at = 0;
    PyObject* key = nullptr;
    PyObject* item = nullptr;
    while (PyDict_Next(object, &at, &key, &item) != 0) {
        const Ref held_key(Ref::share(key)), held_item(Ref::share(item));
        if (!member(key, item)) {
            return false;
        }
        if (PyDict_Size(object) != size) {
            PyErr_SetString(PyExc_ValueError, "map changed while it was written");
            return false;
        }
    }
    return close('{', '}');
}

/// A subclass may make its members only when it is asked for them.
bool Writer::foreign_map(PyObject* object) {
    if (PyDict_Size(object) == 0) {
        return out_.put("{}", 2);
    }
    const Ref items(PyMapping_Items(object));
    if (!items || !out_.put('{')) {
        return false;
    }
    for (Py_ssize_t at = 0; at < PyList_Size(items.get()); ++at) {
        const Ref pair(Ref::share(PyList_GetItem(items.get(), at)));
        if (!PyTuple_Check(pair.get()) || PyTuple_Size(pair.get()) != 2) {
            PyErr_SetString(PyExc_ValueError, "items must return 2-tuples");
            return false;
        }
        if (!member(PyTuple_GetItem(pair.get(), 0), PyTuple_GetItem(pair.get(), 1))) {
            return false;
        }
    }
    return close('{', '}');
}

bool Writer::member(PyObject* name, PyObject* item) {
    return key(name) && out_.put(':') && value(item) && out_.put(',');
}

bool Writer::key(PyObject* key) {
    if (PyUnicode_Check(key)) {
        return string(key);
    }
    if (!PyFloat_Check(key) && !PyLong_Check(key) && key != Py_None) {
        PyErr_SetString(PyExc_TypeError, "keys must be str, int, float, bool or None");
        return false;
    }
    if (!out_.put('"')) {
        return false;
    }
    // As floats go: a key that is a number gives no text of its own.
    const bool written = PyFloat_Check(key) ? write_float(out_, PyFloat_AsDouble(key)) : value(key);
    return written && out_.put('"');
}

bool Writer::list(PyObject* object) {
    if (!out_.put('[')) {
        return false;
    }
    for (Py_ssize_t at = 0; at < PyList_Size(object); ++at) {
        const Ref item(Ref::share(PyList_GetItem(object, at)));
        if (!value(item.get()) || !out_.put(',')) {
            return false;
        }
    }
    return close('[', ']');
}

bool Writer::tuple(PyObject* object) {
    if (!out_.put('[')) {
        return false;
    }
    const Py_ssize_t size = PyTuple_Size(object);
    for (Py_ssize_t at = 0; at < size; ++at) {
        if (!value(PyTuple_GetItem(object, at)) || !out_.put(',')) {
            return false;
        }
    }
    return close('[', ']');
}

/// A subclass may have its own way to be walked through.
bool Writer::sequence(PyObject* object) {
    const Ref items(PySequence_List(object));
    return items && list(items.get());
}

bool Writer::string(PyObject* object) {
    Py_ssize_t size = 0;
    const char* at = PyUnicode_AsUTF8AndSize(object, &size);
    if (at == nullptr || !out_.put('"')) {
        return false;
    }
    const char* end = at + size;
    for (;;) {
        const char* stop = first_special(at, end);
        if (!out_.put(at, stop - at)) {
            return false;
        }
        if (stop == end) {
            return out_.put('"');
        }
        static constexpr char kSpecial[] = "\"\\\b\f\n\r\t", kLetters[] = "\"\\bfnrt";
        static constexpr char kDigits[] = "0123456789abcdef";
        const char byte = *stop;
        const char* found = byte == '\0' ? nullptr : std::strchr(kSpecial, byte);
        if (found != nullptr) {
            const char pair[] = {'\\', kLetters[found - kSpecial]};
            if (!out_.put(pair, sizeof pair)) {
                return false;
            }
        } else {
            const char six[] = {'\\', 'u', '0', '0', kDigits[byte >> 4], kDigits[byte & 15]};
            if (!out_.put(six, sizeof six)) {
                return false;
            }
        }
        at = stop + 1;
    }
}

bool Writer::decimal(PyObject* object) {
    if (reinterpret_cast<PyObject*>(Py_TYPE(object)) != kept_) {
        return write_float(out_, PyFloat_AsDouble(object));
    }
    const Ref text(PyObject_GetAttrString(object, "text"));
    return text && out_.put_text(text.get());
}

bool Writer::stand_in(PyObject* object) {
    const Ref made(PyObject_CallFunctionObjArgs(other_, object, nullptr));
    return made && value(made.get());
}

}  // namespace

PyObject* encode(PyObject* value, PyObject* kind, PyObject* kept, PyObject* other) {
    Writer writer(kind, kept, other);
    if (!writer.value(value)) {
        return nullptr;
    }
    return PyBytes_FromStringAndSize(writer.written().data(), writer.written().size());
}

}  // namespace sluice::python
