/// The functions of the prelude: parts of frames, frames to send, compiling, microtasks, the
/// clean-up of globals. None of them is within reach of a script.

#include "engine.h"

namespace sluice::sandbox {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

/// Most texts are, and V8 takes and gives those three times as fast when it is told.
bool is_ascii(std::string_view bytes) {
    unsigned char all = 0;
    for (const char byte : bytes) {
        all |= static_cast<unsigned char>(byte);
    }
    return all < 0x80;
}

v8::Local<v8::String> text(v8::Isolate* isolate, std::string_view value) {
    v8::Local<v8::String> made;
    if (is_ascii(value)) {
        return v8::String::NewFromOneByte(
                   isolate, reinterpret_cast<const std::uint8_t*>(value.data()),
                   v8::NewStringType::kNormal, static_cast<int>(value.size()))
            .FromMaybe(v8::String::Empty(isolate));
    }
    if (!v8::String::NewFromUtf8(isolate, value.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(value.size()))
             .ToLocal(&made)) {
        return v8::String::Empty(isolate);
    }
    return made;
}

std::string bytes_of(v8::Isolate* isolate, v8::Local<v8::String> value) {
    std::string out;
    if (value->IsOneByte()) {
        out.resize(static_cast<std::size_t>(value->Length()));
        value->WriteOneByte(isolate, reinterpret_cast<std::uint8_t*>(out.data()), 0,
                            value->Length(), v8::String::NO_NULL_TERMINATION);
        if (is_ascii(out)) {
            return out;
        }
    }
    out.resize(static_cast<std::size_t>(value->Utf8Length(isolate)));
    value->WriteUtf8(isolate, out.data(), static_cast<int>(out.size()), nullptr,
                     v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8);
    return out;
}

std::string bytes_of(v8::Isolate* isolate, v8::Local<v8::Value> value) {
    if (value->IsArrayBufferView()) {
        const v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
        std::string out(view->ByteLength(), '\0');
        view->CopyContents(out.data(), out.size());
        return out;
    }
    return value->IsString() ? bytes_of(isolate, value.As<v8::String>()) : std::string();
}

std::uint32_t number(v8::Local<v8::Value> value) {
    return value.As<v8::Uint32>()->Value();
}

/// The bytes that (frame, start, length) name; the prelude has checked the range against the head.
std::string_view range(const Info& info) {
    const Frame& frame = Engine::of(info.GetIsolate()).frame(number(info[0]));
    return std::string_view(frame.parts).substr(number(info[1]), number(info[2]));
}

void part_text(const Info& info) {
    info.GetReturnValue().Set(text(info.GetIsolate(), range(info)));
}

void part_bytes(const Info& info) {
    const std::string_view data = range(info);
    const v8::Local<v8::Value> copy = v8::ArrayBuffer::New(info.GetIsolate(), data.size());
    const v8::Local<v8::ArrayBuffer> buffer = copy.As<v8::ArrayBuffer>();
    if (!data.empty()) {
        data.copy(static_cast<char*>(buffer->GetBackingStore()->Data()), data.size());
    }
    info.GetReturnValue().Set(v8::Uint8Array::New(buffer, 0, data.size()));
}

/// send(kind, head, [name, form, data, ...]): false when the frame would be too long.
void send(const Info& info) {
    v8::Isolate* isolate = info.GetIsolate();
    const v8::Local<v8::Context> context = isolate->GetCurrentContext();
    const v8::Local<v8::Array> list = info[2].As<v8::Array>();
    std::vector<Part> parts;
    for (std::uint32_t i = 0; i + 2 < list->Length(); i += 3) {
        const auto at = [&](std::uint32_t index) {
            return list->Get(context, index).ToLocalChecked();
        };
        const std::string form = bytes_of(isolate, at(i + 1));
        parts.push_back({bytes_of(isolate, at(i)),
                         form == "json"   ? "json"
                         : form == "text" ? "text"
                                          : "bytes",
                         bytes_of(isolate, at(i + 2))});
    }
    const std::string kind = bytes_of(isolate, info[0]);
    const std::string head = bytes_of(isolate, info[1]);
    Engine& engine = Engine::of(isolate);
    info.GetReturnValue().Set(kind == "D"
                                  ? engine.answer(head, parts)
                                  : engine.server().connection().send(kind[0], head, parts));
}

void flush(const Info& info) {
    Engine::of(info.GetIsolate()).server().connection().flush();
}

/// reply(): waits for one; [head, frame, bytes of its parts], or undefined when the run's time is
/// over.
void reply(const Info& info) {
    v8::Isolate* isolate = info.GetIsolate();
    Engine& engine = Engine::of(isolate);
    std::optional<Frame> frame = engine.server().next_reply(engine.deadline());
    if (!frame) {
        return;
    }
    const auto size = static_cast<double>(frame->parts.size());
    const v8::Local<v8::String> head = text(isolate, frame->head);
    const std::uint32_t index = engine.add_reply(std::move(*frame));
    v8::Local<v8::Value> items[] = {head, v8::Integer::NewFromUnsigned(isolate, index),
                                    v8::Number::New(isolate, size)};
    info.GetReturnValue().Set(v8::Array::New(isolate, items, 3));
}

/// Whether AsyncFunction, `constructor`, takes `body`. Leaves its exception pending when it does
/// not.
bool is_body(v8::Local<v8::Context> context,
             v8::Local<v8::Value> constructor,
             v8::Local<v8::Value> body) {
    v8::Isolate* isolate = context->GetIsolate();
    v8::Local<v8::Value> arguments[] = {text(isolate, "event"), text(isolate, "platform"), body};
    context->AllowCodeGenerationFromStrings(true);
    const bool is_taken =
        !constructor.As<v8::Function>()->NewInstance(context, 3, arguments).IsEmpty();
    context->AllowCodeGenerationFromStrings(false);
    return is_taken;
}

/// A function of (event, platform), whose text may contain `await` when it is asynchronous.
v8::MaybeLocal<v8::Value> compiled(const Info& info, v8::Local<v8::Context> context) {
    v8::Isolate* isolate = info.GetIsolate();
    const bool is_async = info[2]->IsTrue();
    const int column = is_async ? -info[3].As<v8::Int32>()->Value() : 0;
#if V8_MAJOR_VERSION >= 12
    const v8::ScriptOrigin origin(info[1], 0, column);
#else
    const v8::ScriptOrigin origin(isolate, info[1], 0, column);
#endif
    v8::ScriptCompiler::Source source(info[0].As<v8::String>(), origin);
    if (is_async) {
        v8::Local<v8::Script> script;
        return v8::ScriptCompiler::Compile(context, &source).ToLocal(&script) &&
                       is_body(context, info[4], info[5])
                   ? script->Run(context)
                   : v8::MaybeLocal<v8::Value>();
    }
    v8::Local<v8::String> names[] = {text(isolate, "event"), text(isolate, "platform")};
    v8::Local<v8::Function> made;
    return v8::ScriptCompiler::CompileFunction(context, &source, 2, names).ToLocal(&made)
               ? v8::MaybeLocal<v8::Value>(made)
               : v8::MaybeLocal<v8::Value>();
}

/// compile(text, name, is_async, columns before the text, AsyncFunction, text without what
/// surrounds it): the function, or [error, line, column].
void compile(const Info& info) {
    v8::Isolate* isolate = info.GetIsolate();
    const v8::Local<v8::Context> context = isolate->GetCurrentContext();
    v8::TryCatch trap(isolate);
    v8::Local<v8::Value> made;
    if (compiled(info, context).ToLocal(&made)) {
        info.GetReturnValue().Set(made);
        return;
    }
    if (trap.HasTerminated() || trap.Message().IsEmpty()) {
        trap.ReThrow();
        return;
    }
    const int line = trap.Message()->GetLineNumber(context).FromMaybe(0);
    const int column = trap.Message()->GetStartColumn(context).FromMaybe(-1) + 1;
    v8::Local<v8::Value> items[] = {trap.Exception(), v8::Integer::New(isolate, line),
                                    v8::Integer::New(isolate, column)};
    info.GetReturnValue().Set(v8::Array::New(isolate, items, 3));
}

void arm(const Info& info) {
    Engine::of(info.GetIsolate())
        .arm(info[0].As<v8::Number>()->Value(),
             static_cast<std::int64_t>(info[1].As<v8::Number>()->Value()),
             static_cast<std::int64_t>(info[2].As<v8::Number>()->Value()));
}

void disarm(const Info& info) {
    Engine::of(info.GetIsolate()).disarm();
}

void drain(const Info& info) {
    info.GetIsolate()->PerformMicrotaskCheckpoint();
}

/// rejection(): [reason] of a promise nobody listens to, and forgets the others; or undefined.
void rejection(const Info& info) {
    auto& open = Engine::of(info.GetIsolate()).rejections;
    if (open.empty()) {
        return;
    }
    v8::Local<v8::Value> reason = open.front().reason.Get(info.GetIsolate());
    open.clear();
    info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), &reason, 1));
}

void keep(const Info& info) {
    Engine& engine = Engine::of(info.GetIsolate());
    engine.server().keep(bytes_of(info.GetIsolate(), info[0]), engine.frame(0));
}

void forget(const Info& info) {
    Engine::of(info.GetIsolate()).server().forget(bytes_of(info.GetIsolate(), info[0]));
}

/// extras(): the enumerable names of the global object, symbols among them. The host's own are not
/// enumerable.
void extras(const Info& info) {
    const v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
    v8::Local<v8::Array> names;
    if (context->Global()
            ->GetPropertyNames(context, v8::KeyCollectionMode::kOwnOnly, v8::ONLY_ENUMERABLE,
                               v8::IndexFilter::kIncludeIndices)
            .ToLocal(&names)) {
        info.GetReturnValue().Set(names);
    }
}

void spend(const Info& info) {
    Engine::of(info.GetIsolate()).spend();
}

void now(const Info& info) {
    const std::chrono::duration<double, std::milli> since = Clock::now().time_since_epoch();
    info.GetReturnValue().Set(since.count());
}

}  // namespace

v8::Local<v8::Object> make_native(v8::Isolate* isolate, v8::Local<v8::Context> context) {
    const std::pair<const char*, v8::FunctionCallback> functions[] = {
        {"text", part_text},      {"bytes", part_bytes}, {"send", send},     {"flush", flush},
        {"reply", reply},         {"compile", compile},  {"arm", arm},       {"disarm", disarm},
        {"drain", drain},         {"keep", keep},        {"forget", forget}, {"extras", extras},
        {"rejection", rejection}, {"spend", spend},      {"now", now},
    };
    const v8::Local<v8::Object> native = v8::Object::New(isolate);
    for (const auto& [name, function] : functions) {
        native
            ->Set(context, text(isolate, name),
                  v8::Function::New(context, function).ToLocalChecked())
            .Check();
    }
    return native;
}

}  // namespace sluice::sandbox
