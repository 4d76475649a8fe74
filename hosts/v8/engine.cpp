#include "engine.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "embedded.h"

namespace sluice::sandbox {

namespace {

constexpr std::size_t kGraceBytes = std::size_t{32} << 20;
/// Frames between two looks at what V8 has posted to itself.
constexpr std::uint32_t kFramesPerDrain = 1024;

v8::Local<v8::String> text(v8::Isolate* isolate, std::string_view value) {
    return v8::String::NewFromUtf8(isolate, value.data(), v8::NewStringType::kNormal,
                                   static_cast<int>(value.size()))
        .ToLocalChecked();
}

// How a limit of memory is shared out.
std::size_t heap_share(std::int64_t memory_bytes) {
    return static_cast<std::size_t>(memory_bytes) / 4 * 3;
}

std::size_t buffer_share(std::int64_t memory_bytes) {
    return static_cast<std::size_t>(memory_bytes) / 4;
}

void on_rejection(v8::PromiseRejectMessage message) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    auto& open = Engine::of(isolate).rejections;
    const v8::Local<v8::Promise> promise = message.GetPromise();
    if (message.GetEvent() == v8::kPromiseRejectWithNoHandler) {
        open.push_back({v8::Global<v8::Promise>(isolate, promise),
                        v8::Global<v8::Value>(isolate, message.GetValue())});
    } else if (message.GetEvent() == v8::kPromiseHandlerAddedAfterReject) {
        std::erase_if(open, [&](const Engine::Rejection& one) { return one.promise == promise; });
    }
}

}  // namespace

Engine::Engine(Server& server,
               node::MultiIsolatePlatform* platform,
               uv_loop_s* loop,
               std::int64_t memory_bytes)
    : server_(server), platform_(platform), memory_bytes_(memory_bytes), run_bytes_(memory_bytes) {
    make_isolate(loop);
    const v8::Isolate::Scope isolate_scope(isolate_);
    const v8::HandleScope handle_scope(isolate_);
    make_context();
}

Engine::~Engine() {
    rejections.clear();
    handle_.Reset();
    context_.Reset();
    platform_->UnregisterIsolate(isolate_);
    isolate_->Dispose();
}

void Engine::make_isolate(uv_loop_s* loop) {
    buffers_ = std::make_unique<BufferBudget>(buffer_share(memory_bytes_));
    isolate_ = v8::Isolate::Allocate();
    platform_->RegisterIsolate(isolate_, loop);
    v8::Isolate::CreateParams params;
    params.array_buffer_allocator = buffers_.get();
    params.constraints.ConfigureDefaultsFromHeapSize(0, heap_share(memory_bytes_));
    v8::Isolate::Initialize(isolate_, params);
    isolate_->SetData(kSlot, this);
    isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    isolate_->SetPromiseRejectCallback(on_rejection);
    isolate_->AddNearHeapLimitCallback(near_heap_limit, this);
    isolate_->SetCaptureStackTraceForUncaughtExceptions(false);
    set_last_words(isolate_);
}

void Engine::make_context() {
    const v8::Local<v8::Context> context = v8::Context::New(isolate_);
    // Neither eval nor Function make code from texts: scripts are loaded, and nothing else.
    context->AllowCodeGenerationFromStrings(false);
    context_.Reset(isolate_, context);
    const v8::Context::Scope context_scope(context);
    run_prelude(context);
}

/// Each module is a function of (module, require, native); the last one exports the frame handler.
void Engine::run_prelude(v8::Local<v8::Context> context) {
    const v8::Local<v8::Object> native = make_native(isolate_, context);
    const v8::Local<v8::Object> known = v8::Object::New(isolate_);
    const auto require = [](const v8::FunctionCallbackInfo<v8::Value>& info) {
        const v8::Local<v8::Context> here = info.GetIsolate()->GetCurrentContext();
        const v8::String::Utf8Value path(info.GetIsolate(), info[0]);
        const std::string_view name = *path;
        v8::Local<v8::Value> found;
        if (info.Data()
                .As<v8::Object>()
                ->Get(here, text(info.GetIsolate(), name.substr(name.rfind('/') + 1)))
                .ToLocal(&found)) {
            info.GetReturnValue().Set(found);
        }
    };
    const v8::Local<v8::Function> loader =
        v8::Function::New(context, require, known).ToLocalChecked();
    v8::Local<v8::Value> exports;
    for (const Embedded& one : embedded_modules()) {
        v8::Local<v8::String> names[] = {text(isolate_, "module"), text(isolate_, "require"),
                                         text(isolate_, "native")};
        v8::ScriptCompiler::Source source(text(isolate_, one.source));
        const v8::Local<v8::Function> body =
            v8::ScriptCompiler::CompileFunction(context, &source, 3, names).ToLocalChecked();
        const v8::Local<v8::Object> module = v8::Object::New(isolate_);
        v8::Local<v8::Value> arguments[] = {module, loader, native};
        if (body->Call(context, v8::Undefined(isolate_), 3, arguments).IsEmpty()) {
            std::fprintf(stderr, "the prelude failed in %.*s\n", static_cast<int>(one.name.size()),
                         one.name.data());
            std::abort();
        }
        exports = module->Get(context, text(isolate_, "exports")).ToLocalChecked();
        known->Set(context, text(isolate_, one.name), exports).Check();
    }
    handle_.Reset(isolate_, exports.As<v8::Function>());
}

std::size_t Engine::near_heap_limit(void* engine, std::size_t now, std::size_t first) {
    auto* self = static_cast<Engine*>(engine);
    const std::size_t most =
        self->run_bytes_ == self->memory_bytes_ ? first : heap_share(self->run_bytes_);
    if (now < most && !self->is_out_of_memory_) {
        return most;  // the limit of an earlier run that was allowed less
    }
    self->is_out_of_memory_ = true;
    self->isolate_->TerminateExecution();
    return now + kGraceBytes;
}

Engine::After Engine::handle(const Frame& frame) {
    const v8::Isolate::Scope isolate_scope(isolate_);
    const v8::HandleScope handle_scope(isolate_);
    const v8::Local<v8::Context> context = context_.Get(isolate_);
    const v8::Context::Scope context_scope(context);
    frames_.assign(1, &frame);
    replies_.clear();
    open_run_.reset();
    is_late_ = false;

    v8::TryCatch trap(isolate_);
    v8::Local<v8::Value> arguments[] = {
        text(isolate_, std::string_view(&frame.kind, 1)), text(isolate_, frame.head),
        v8::Number::New(isolate_, static_cast<double>(frame.parts.size()))};
    const bool is_done =
        !handle_.Get(isolate_)->Call(context, v8::Undefined(isolate_), 3, arguments).IsEmpty();
    disarm();
    if (is_late_ || is_out_of_memory_ || trap.HasTerminated()) {
        isolate_->CancelTerminateExecution();
        answer_interrupted();
        return After::Spent;
    }
    if (!is_done) {
        const v8::String::Utf8Value why(isolate_, trap.Exception());
        std::fprintf(stderr, "%s\n", *why == nullptr ? "a frame could not be handled" : *why);
        return After::Broken;
    }
    if (++handled_ % kFramesPerDrain == 0) {
        platform_->FlushForegroundTasks(isolate_);
    }
    return is_spent_ ? After::Spent : After::Fine;
}

std::uint32_t Engine::add_reply(Frame reply) {
    replies_.push_back(std::make_unique<Frame>(std::move(reply)));
    frames_.push_back(replies_.back().get());
    return static_cast<std::uint32_t>(frames_.size() - 1);
}

void Engine::arm(double run, std::int64_t wall_ms, std::int64_t memory_bytes) {
    open_run_ = run;
    wall_ms_ = wall_ms;
    deadline_ = Clock::now() + std::chrono::milliseconds(wall_ms);
    narrow_memory(memory_bytes);
    prepare_last_words(&server_.connection(), run, run_bytes_);
    server_.watchdog().arm(isolate_, deadline_);
}

void Engine::disarm() {
    is_late_ = server_.watchdog().disarm() || is_late_;
    widen_memory();
}

void Engine::narrow_memory(std::int64_t memory_bytes) {
    if (memory_bytes <= 0 || memory_bytes >= memory_bytes_) {
        return;
    }
    run_bytes_ = std::min(memory_bytes_, std::max(kLeastMemoryBytes, memory_bytes));
    const std::size_t heap = heap_share(run_bytes_);
    v8::HeapStatistics now;
    isolate_->GetHeapStatistics(&now);
    // V8 lowers the limit to a quarter above what is there at most: what earlier runs left must not
    // count as this run's.
    if (now.used_heap_size() + now.used_heap_size() / 4 > heap) {
        isolate_->LowMemoryNotification();
    }
    // Removing the callback is V8's only way to lower a limit, and the callback the only one to
    // raise it again: near_heap_limit() does, once a later run needs more.
    isolate_->RemoveNearHeapLimitCallback(near_heap_limit, heap);
    isolate_->AddNearHeapLimitCallback(near_heap_limit, this);
    buffers_->limit(buffer_share(run_bytes_));
}

void Engine::widen_memory() {
    if (run_bytes_ == memory_bytes_ || is_out_of_memory_) {
        return;  // an engine that ran out is not used again, and its answer names the limit
    }
    run_bytes_ = memory_bytes_;
    buffers_->limit(buffer_share(memory_bytes_));
}

bool Engine::answer(std::string_view head, const std::vector<Part>& parts) {
    if (is_late_ || is_out_of_memory_) {
        return true;  // answer_interrupted() speaks for this run
    }
    if (!server_.connection().send('D', head, parts)) {
        return false;
    }
    open_run_.reset();
    prepare_last_words(&server_.connection(), std::nullopt, memory_bytes_);
    return true;
}

void Engine::answer_interrupted() {
    if (!open_run_) {
        return;
    }
    char head[256];
    if (is_out_of_memory_) {
        std::snprintf(
            head, sizeof head,
            R"({"run":%.0f,"error":{"message":"The script used more than its %lld MB of memory.",)"
            R"("limit":"memory"}})",
            *open_run_, static_cast<long long>(run_bytes_ >> 20));
    } else {
        std::snprintf(
            head, sizeof head,
            R"({"run":%.0f,"error":{"message":"The script ran longer than its limit of %lld ms.",)"
            R"("limit":"wall"}})",
            *open_run_, static_cast<long long>(wall_ms_));
    }
    server_.connection().send('D', head, {});
    open_run_.reset();
    prepare_last_words(&server_.connection(), std::nullopt, memory_bytes_);
}

}  // namespace sluice::sandbox
