#include "host.h"

#include <algorithm>
#include <csignal>

#include <unistd.h>

#include "confine.h"

namespace sluice::sandbox {

namespace {

/// Exit code of a host that could not be confined.
constexpr int kUnconfined = 4;

/// `name` of a JSON object, as a number; 0 when it has none. Uses the isolate that started this
/// host.
double number_in(v8::Isolate* isolate, const std::string& json, const char* name) {
    const v8::HandleScope scope(isolate);
    const v8::Local<v8::Context> context = isolate->GetCurrentContext();
    v8::Local<v8::String> text;
    v8::Local<v8::Value> value;
    if (!v8::String::NewFromUtf8(isolate, json.c_str()).ToLocal(&text) ||
        !v8::JSON::Parse(context, text).ToLocal(&value) || !value->IsObject()) {
        return 0;
    }
    const v8::Local<v8::String> key = v8::String::NewFromUtf8(isolate, name).ToLocalChecked();
    return value.As<v8::Object>()->Get(context, key).ToLocal(&value) && value->IsNumber()
               ? value.As<v8::Number>()->Value()
               : 0;
}

std::string hello(const std::vector<std::string>& measures) {
    std::string out = R"({"protocol":"json1","engine":"v8js","version":")";
    out += v8::V8::GetVersion();
    out += R"(","interrupts":true,"sandbox":[)";
    for (const std::string& measure : measures) {
        out += (out.back() == '[' ? "\"" : ",\"") + measure + '"';
    }
    return out + "]}";
}

/// In one write, so that lines of several hosts do not mix.
void say_refused(const std::vector<std::string>& measures) {
    std::string line = "the sandbox does not start: this system refuses:";
    for (const std::string& measure : measures) {
        line += (line.back() == ':' ? " " : ", ") + measure;
    }
    line += '\n';
    // The limits may hold already, and a log that is a file takes no more bytes then.
    std::signal(SIGXFSZ, SIG_IGN);
    [[maybe_unused]] const ssize_t put = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

Host::Host(int fd, bool has_jit, v8::Isolate* starter)
    : connection_(fd),
      has_jit_(has_jit),
      starter_(starter),
      platform_(
          node::GetMultiIsolatePlatform(node::GetCurrentEnvironment(starter->GetCurrentContext()))),
      loop_(node::GetCurrentEventLoop(starter)) {}

void Host::serve() {
    for (;;) {
        Frame frame;
        if (waiting_.empty()) {
            frame = next();
        } else {
            frame = std::move(waiting_.front());
            waiting_.pop_front();
        }
        handle(frame);
    }
}

Frame Host::next() {
    for (;;) {
        if (std::optional<Frame> frame = connection_.take()) {
            return std::move(*frame);
        }
        if (connection_.is_broken()) {
            leave(3);
        }
        if (!connection_.flush() || connection_.fill({}) == Connection::Fill::End) {
            leave(0);
        }
    }
}

std::optional<Frame> Host::next_reply(Clock::time_point deadline) {
    for (;;) {
        std::optional<Frame> frame = connection_.take();
        if (frame && frame->kind == 'Y') {
            return frame;
        }
        if (frame) {
            waiting_.push_back(std::move(*frame));
            continue;
        }
        if (connection_.is_broken()) {
            leave(3);
        }
        connection_.flush();
        const Connection::Fill filled = connection_.fill(deadline);
        if (filled == Connection::Fill::End) {
            leave(0);
        }
        if (filled == Connection::Fill::Late) {
            return std::nullopt;
        }
    }
}

void Host::handle(const Frame& frame) {
    if (frame.kind == 'S') {
        set_up(frame);
        return;
    }
    if (engine_ == nullptr) {
        leave(3);
    }
    switch (engine_->handle(frame)) {
        case Engine::After::Fine:
            return;
        case Engine::After::Broken:
            connection_.flush();
            leave(3);
        case Engine::After::Spent:
            connection_.flush();
            make_engine();
    }
}

void Host::set_up(const Frame& frame) {
    const double wanted = number_in(starter_, frame.head, "memory_bytes");
    if (wanted > 0) {
        memory_bytes_ = std::max(kLeastMemoryBytes, static_cast<std::int64_t>(wanted));
    }
    setup_ = frame;
    make_engine();
    const Confinement confinement = confine(memory_bytes_, has_jit_);
    if (!confinement.refused.empty()) {
        say_refused(confinement.refused);
        leave(kUnconfined);
    }
    connection_.send('H', hello(confinement.in_force), {});
    connection_.flush();
}

void Host::make_engine() {
    engine_.reset();
    engine_ = std::make_unique<Engine>(*this, platform_, loop_, memory_bytes_);
    engine_->handle(setup_);
    const std::map<std::string, Frame> scripts = kept_;
    for (const auto& [hash, load] : scripts) {
        engine_->handle(load);
    }
}

void Host::keep(const std::string& hash, const Frame& frame) {
    kept_.insert_or_assign(hash, frame);
}

void Host::leave(int code) {
    connection_.flush();
    _exit(code);
}

}  // namespace sluice::sandbox
