#include "services/sql/related/nested_calls.h"

#include "core/fields.h"
#include "core/json.h"
#include "core/json_reader.h"
#include "services/sql/related/inner_error.h"
#include "services/sql/shared_work.h"

namespace sluice::services::sql {
namespace {

void append(std::string& out, const Input& input) {
    switch (input.form) {
        case Input::Form::Text:
            append_json_string(out, input.text);
            return;
        case Input::Form::Number:
        case Input::Form::Json:
            out.append(input.text);
            return;
        case Input::Form::True:
            out.append("true");
            return;
        case Input::Form::False:
            out.append("false");
            return;
        case Input::Form::Null:
            break;
    }
    out.append("null");
}

std::string list_of(const Record& record) {
    std::string content = R"({"resource":[{)";
    bool is_first = true;
    for (const auto& [name, input] : record) {
        content.append(std::exchange(is_first, false) ? "" : ",");
        append_json_string(content, name);
        content.push_back(':');
        append(content, input);
    }
    return content + "}]}";
}

Request request_of(const Call& caller, const UnitOfWorkRef& unit, const TableCall& asked) {
    Request request;
    request.verb = asked.verb;
    request.path = "/api/v2/" + caller.target.service + "/_table/" + asked.table->table().name;
    request.uri = request.path;
    request.headers = caller.request.headers;
    for (const char* of_the_body : {"content-type", "content-length", "accept"}) {
        request.headers.remove(of_the_body);
    }
    request.origin = caller.request.origin;
    request.origin.principal = caller.principal;
    request.origin.unit = unit;
    // Scripts may put records inside of those that they are shown: it has to end somewhere.
    ++request.origin.depth;
    const std::set<std::string>& shown = asked.table->shown();
    if (!shown.empty()) {
        request.parameters.set("fields", list_of_names({shown.begin(), shown.end()}));
    }
    request.content = list_of(asked.record);
    request.content_type = kJsonType;
    return request;
}

/// The record that the call was about, or whatever its scripts made of the answer; an empty one
/// where there is nothing in it.
WrittenRows row_in(std::string_view content) {
    WrittenRows row{"{}", 1};
    JsonReader whole(content);
    if (whole.peek() != JsonReader::Type::Object) {
        return row;
    }
    row.json = content;
    std::string name;
    whole.open();
    while (whole.next_key(name)) {
        const std::string_view member = whole.raw();
        JsonReader list(member);
        if (name == "resource" && list.peek() == JsonReader::Type::Array) {
            list.open();
            row.json = list.next_item() ? std::string(list.raw()) : "{}";
        }
    }
    return row;
}

Task<Written> call_table(Backend& backend,
                         const Call& call,
                         const UnitOfWorkRef& unit,
                         const TableCall& asked) {
    const Response response = co_await backend.handler(request_of(call, unit, asked));
    if (response.status < 400) {
        co_return row_in(response.content);
    }
    Error error = error_of_one(
        response, "The record of table '" + asked.table->table().name + "' could not be written.");
    if (error.status() == 404) {  // not what the request itself is about
        error = Error(ErrorKind::BadRequest, error.message());
    }
    co_return fail(std::move(error));
}

Task<Written> write_one(Backend& backend, UnitOfWork& unit, Write write, Deadline deadline) {
    Writes one;
    one.writes.push_back(std::move(write));
    CO_TRY(auto written, co_await work_of(backend, unit).write(std::move(one), deadline));
    co_return std::move(written.front());
}

/// One record with those inside. Nothing of it is kept yet, nor undone.
Task<Written> run_steps(Backend& backend,
                        const Call& call,
                        const UnitOfWorkRef& unit,
                        NestedSteps& steps) {
    std::size_t bytes = 0;
    steps.start();
    while (auto next = steps.next_of_either()) {
        Task<Written> under_way = std::holds_alternative<TableCall>(*next)
                                      ? call_table(backend, call, unit, std::get<TableCall>(*next))
                                      : write_one(backend, *unit, std::move(std::get<Write>(*next)),
                                                  call.request.origin.deadline);
        Written written = co_await std::move(under_way);
        if (!written) {
            co_return fail(steps.told(std::move(written).error()));
        }
        bytes += written->json.size();
        if (bytes > backend.settings.max_answer_bytes) {
            co_return fail(too_large(backend.settings.max_answer_bytes));
        }
        steps.take(std::move(*written));
    }
    co_return steps.answer();
}

Task<Written> write_unit(Backend& backend,
                         const Call& call,
                         const UnitOfWorkRef& outer,
                         const Write& write) {
    if (write.refusal) {
        co_return fail(*write.refusal);
    }
    const Deadline deadline = call.request.origin.deadline;
    const auto unit = std::make_shared<UnitOfWork>(call.target.service, deadline, outer);
    Written written =
        co_await run_steps(backend, call, unit, static_cast<NestedSteps&>(*write.steps));
    const Status ended = co_await unit->end(written.has_value(), deadline);
    if (written && !ended) {
        co_return fail(ended.error());
    }
    co_return written;
}

}  // namespace

Task<Result<std::vector<Written>>> write_with_calls(Backend& backend,
                                                    const Call& call,
                                                    Writes writes) {
    const Deadline deadline = call.request.origin.deadline;
    UnitOfWorkRef around = call.request.origin.unit;
    UnitOfWorkRef all;
    if (writes.mode == BatchMode::Rollback) {
        all = std::make_shared<UnitOfWork>(call.target.service, deadline, around);
        around = all;
    }
    std::vector<Written> written;
    for (const Write& write : writes.writes) {
        written.push_back(co_await write_unit(backend, call, around, write));
        if (!written.back() && writes.mode != BatchMode::Continue) {
            break;
        }
    }
    if (all) {
        const bool keeps = written.empty() || written.back();
        const Status ended = co_await all->end(keeps, deadline);
        if (keeps && !ended) {
            co_return fail(ended.error());
        }
    }
    co_return written;
}

}  // namespace sluice::services::sql
