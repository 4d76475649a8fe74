/// serve(fd, has_jit): turns this node process into the sandbox and does not return.

#include "host.h"

namespace {

void serve(const v8::FunctionCallbackInfo<v8::Value>& info) {
    v8::Isolate* isolate = info.GetIsolate();
    const int fd = info[0]->IsInt32() ? info[0].As<v8::Int32>()->Value() : 3;
    sluice::sandbox::Host host(fd, info[1]->IsTrue(), isolate);
    host.serve();
}

}  // namespace

// The macro casts to a signature with one more argument, as node documents it.
#pragma clang diagnostic ignored "-Wcast-function-type"
NODE_MODULE_INIT(/* exports, module, context */) {
    v8::Isolate* isolate = context->GetIsolate();
    exports
        ->Set(context, v8::String::NewFromUtf8Literal(isolate, "serve"),
              v8::FunctionTemplate::New(isolate, serve)->GetFunction(context).ToLocalChecked())
        .Check();
    (void)module;
}
