#include "services/script/script_service.h"

#include "core/json.h"
#include "core/run_record.h"
#include "core/script_answer.h"
#include "store/make_script.h"

namespace sluice::services {
namespace {

class ScriptService final : public Service {
public:
    ScriptService(ScriptRef script, RunScript run)
        : script_(std::move(script)), run_(std::move(run)) {
        description_.routes.push_back({"", VerbSet::all(), "Run the script"});
        description_.accepts_any_path = true;
    }

    Task<Result<Response>> handle(const Call& call) override {
        const Event event{Stage::Service, call.target.resource, call, call.request, nullptr};
        CO_TRY(Outcome outcome, co_await run_(script_, event));
        const std::shared_ptr<RunRecord> run = outcome.run;
        Result<Response> answer = answer_of(std::move(outcome), call.request);
        if (!answer && run && !run->error) {
            run->fail_with(RunOutcome::Raised, answer.error());
        }
        co_return answer;
    }

    const Description& describe() const override { return description_; }

private:
    ScriptRef script_;
    RunScript run_;
    Description description_;
};

}  // namespace

ServiceType script_service_type(std::string_view engine,
                                std::string_view label,
                                std::string_view description) {
    json::array schema;
    schema.push_back(config_field("content", "Script", "text", "The text of the script.", true));
    schema.push_back(config_field("limits", "Limits", "object",
                                  "wall_ms, cpu_ms, memory_mb, output_kb, api_calls, depth."));
    schema.push_back(config_field("isolation", "Isolation", "string",
                                  "'strict': every run gets a fresh process of its own."));
    schema.push_back(
        config_field("config", "Options of the engine", "object", "Not supported yet."));
    schema.push_back(config_field("queued", "Queued", "boolean",
                                  "Run later, by a worker. Not supported yet.", false, false));
    return {std::string(engine),
            std::string(label),
            std::string(description),
            "Script",
            false,
            true,
            std::move(schema),
            {}};
}

Result<ServiceRef> make_script_service(const store::ServiceRow& row, RunScript run) {
    SLUICE_TRY(const json::value config, parse_json(row.config, "service config"));
    const json::object* object = config.if_object();
    if (object == nullptr || text_or(*object, "content", "").empty()) {
        return fail(ErrorKind::Internal,
                    "Service '" + row.name + "' has no script: config.content is empty.");
    }
    if (boolean_or(*object, "queued", false)) {
        return fail(ErrorKind::NotImplemented,
                    "Service '" + row.name + "' is queued, which this version does not support.");
    }
    const json::value* limits = object->if_contains("limits");
    ScriptRef script = store::make_script("service." + row.name, row.type,
                                          std::string(text_or(*object, "content", "")),
                                          limits == nullptr ? "" : json::serialize(*limits),
                                          std::string(text_or(*object, "isolation", "")), true);
    return std::make_shared<ScriptService>(std::move(script), std::move(run));
}

}  // namespace sluice::services
