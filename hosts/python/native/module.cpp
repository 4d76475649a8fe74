#include "native.h"

namespace sluice::python {

bool Buffer::grow(Py_ssize_t count) {
    if (count > PY_SSIZE_T_MAX - size_) {
        PyErr_NoMemory();
        return false;
    }
    Py_ssize_t wanted = capacity_ > PY_SSIZE_T_MAX / 2 ? PY_SSIZE_T_MAX : capacity_ * 2;
    if (wanted < size_ + count) {
        wanted = size_ + count;
    }
    auto* grown = static_cast<char*>(PyMem_Realloc(heap_, static_cast<std::size_t>(wanted)));
    if (grown == nullptr) {
        PyErr_NoMemory();
        return false;
    }
    if (heap_ == nullptr) {
        std::memcpy(grown, first_, static_cast<std::size_t>(size_));
    }
    heap_ = data_ = grown;
    capacity_ = wanted;
    return true;
}

namespace {

bool takes(Py_ssize_t given, Py_ssize_t wanted) {
    if (given != wanted) {
        PyErr_Format(PyExc_TypeError, "%zd arguments, not %zd", wanted, given);
    }
    return given == wanted;
}

PyObject* call_decode(PyObject*, PyObject* const* arguments, Py_ssize_t count) {
    return takes(count, 3) ? decode(arguments[0], arguments[1], arguments[2]) : nullptr;
}

PyObject* call_encode(PyObject*, PyObject* const* arguments, Py_ssize_t count) {
    return takes(count, 4) ? encode(arguments[0], arguments[1], arguments[2], arguments[3])
                           : nullptr;
}

PyCFunction as_function(PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t)) {
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

}  // namespace
}  // namespace sluice::python

// No state: all that it works with comes as arguments, so nothing in it can be changed by a script.
PyMODINIT_FUNC PyInit_sluice_json() {
    using namespace sluice::python;
    static PyMethodDef methods[] = {
        {"decode", as_function(call_decode), METH_FASTCALL, "decode(bytes, kind, decimal)"},
        {"encode", as_function(call_encode), METH_FASTCALL, "encode(value, kind, kept, other)"},
        {nullptr, nullptr, 0, nullptr},
    };
    static PyModuleDef_Slot slots[] = {{0, nullptr}};
    static PyModuleDef module = {PyModuleDef_HEAD_INIT,
                                 "sluice_json",
                                 "The Python host's JSON codec.",
                                 0,
                                 methods,
                                 slots,
                                 nullptr,
                                 nullptr,
                                 nullptr};
    return PyModuleDef_Init(&module);
}
