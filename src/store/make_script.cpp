#include "store/make_script.h"

#include "core/json.h"
#include "store/digest.h"

namespace sluice::store {
namespace {

// What is absent stays zero: the instance's default.
Limits limits_of(const std::string& text) {
    Limits limits;
    const auto parsed = parse_json(text, "limits");
    const json::object* object = parsed ? parsed->if_object() : nullptr;
    if (object == nullptr) {
        return limits;
    }
    limits.wall = std::chrono::milliseconds(integer_or(*object, "wall_ms", 0));
    limits.cpu = std::chrono::milliseconds(integer_or(*object, "cpu_ms", 0));
    limits.memory_bytes = integer_or(*object, "memory_mb", 0) * 1024 * 1024;
    limits.output_bytes = integer_or(*object, "output_kb", 0) * 1024;
    const std::int64_t api_calls = integer_or(*object, "api_calls", 0);
    limits.api_calls =
        object->contains("api_calls") && api_calls == 0 ? -1 : static_cast<int>(api_calls);
    limits.depth = static_cast<int>(integer_or(*object, "depth", 0));
    return limits;
}

std::shared_ptr<Script> script_from(std::string name,
                                    std::string engine,
                                    std::string text,
                                    const std::string& limits_json,
                                    const std::string& isolation) {
    auto script = std::make_shared<Script>();
    script->hash = sha256_hex(engine + '\n' + text);
    script->name = std::move(name);
    script->engine = std::move(engine);
    script->text = std::move(text);
    script->is_strict = isolation == kStrict;
    script->limits = limits_of(limits_json);
    return script;
}

}  // namespace

ScriptRef make_script(std::string name,
                      std::string engine,
                      std::string text,
                      const std::string& limits_json,
                      const std::string& isolation,
                      bool allows_modification) {
    auto script =
        script_from(std::move(name), std::move(engine), std::move(text), limits_json, isolation);
    script->allows_modification = allows_modification;
    return script;
}

ScriptRef script_of(const EventScriptRow& row) {
    auto script = script_from(row.name, row.type, row.content, row.limits, row.isolation);
    script->allows_modification = row.allow_event_modification;
    script->is_transactional = row.transaction;
    return script;
}

}  // namespace sluice::store
