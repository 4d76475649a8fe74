/// Any bytes are a value or a ValueError; a value can be written, and is read back as itself.

#include <cstdlib>

#include <sanitizer/lsan_interface.h>

#include "native.h"

namespace {

using namespace sluice::python;

void require(bool fact) {
    if (!fact) {
        PyErr_Print();
        std::abort();
    }
}

PyObject* dict() {
    return reinterpret_cast<PyObject*>(&PyDict_Type);
}
PyObject* real() {
    return reinterpret_cast<PyObject*>(&PyFloat_Type);
}

bool is_refusal() {
    const bool refused = PyErr_ExceptionMatches(PyExc_ValueError) != 0 ||
                         PyErr_ExceptionMatches(PyExc_RecursionError) != 0;
    require(refused);
    PyErr_Clear();
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    // Its own allocator would hide where a read goes too far.
    setenv("PYTHONMALLOC", "malloc", 1);  // NOLINT(concurrency-mt-unsafe): the only thread
    // What Python keeps for itself it never gives back.
    __lsan_disable();
    Py_InitializeEx(0);
    __lsan_enable();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Ref raw(PyBytes_FromStringAndSize(reinterpret_cast<const char*>(data),
                                            static_cast<Py_ssize_t>(size)));
    require(static_cast<bool>(raw));
    const Ref value(decode(raw.get(), dict(), real()));
    if (!value && is_refusal()) {
        return 0;
    }
    const Ref text(encode(value.get(), dict(), Py_None, Py_None));
    if (!text && is_refusal()) {  // 1e400 is an infinity to whoever reads with plain floats
        return 0;
    }
    const Ref again(decode(text.get(), dict(), real()));
    require(static_cast<bool>(again));
    require(PyObject_RichCompareBool(value.get(), again.get(), Py_EQ) == 1);
    return 0;
}
