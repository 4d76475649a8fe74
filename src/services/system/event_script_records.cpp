#include "services/system/event_script_records.h"

#include <algorithm>
#include <array>

#include "services/system/event_doubt.h"
#include "store/event_names.h"

namespace sluice::services::system {
namespace {

using store::EventScriptRow;
using store::Tables;

// A megabyte of script is a mistake; every host that runs it keeps a copy.
/// A doubt is no reason to hold up a save.
constexpr std::chrono::milliseconds kDoubtTime{1000};
constexpr std::size_t kMaxContent = std::size_t{1} << 20U;

constexpr std::array kRules{
    FieldRule{"type", 40},
    FieldRule{"content", kMaxContent},
    FieldRule{"storage_path", 4096},
};

// The incumbent has 80, which the events of tables with long names do not fit in.
constexpr std::size_t kMaxName = 255;

// What scripts will be able to say of themselves. Until then it is refused: taken and then not done
// would be worse.
constexpr std::array kOthers{
    OtherMember{"priority", OtherMember::Use::NotYet},
    OtherMember{"when", OtherMember::Use::NotYet},
    OtherMember{"on_error", OtherMember::Use::NotYet, "closed"},
    OtherMember{"grants", OtherMember::Use::NotYet},
    OtherMember{"versions", OtherMember::Use::NotYet},
    OtherMember{"service_by_storage_service_id"},
};

Status refuse_not_yet(const EventScriptRow& row) {
    if (row.name.ends_with(".queued")) {
        return fail(ErrorKind::NotImplemented, "Queued scripts are not supported by this version.");
    }
    if (row.storage_service_id || !row.storage_path.empty() || !row.scm_repository.empty() ||
        !row.scm_reference.empty()) {
        return fail(ErrorKind::NotImplemented,
                    "Scripts linked to a service are not supported by this version; send the text "
                    "as 'content'.");
    }
    if (row.config != "{}") {
        return fail(ErrorKind::NotImplemented,
                    "Field 'config' of an event script is not supported by this version; limits "
                    "are in 'limits'.");
    }
    return {};
}

Status check_name(const std::string& name) {
    SLUICE_CHECK(require_text(name, "name"));
    const bool is_odd = std::ranges::any_of(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (name.size() > kMaxName || is_odd || name.front() == '.' || name.back() == '.') {
        return fail(ErrorKind::BadRequest,
                    "Field 'name' must be the name of an event, of at most 255 bytes.");
    }
    return {};
}

/// Events are found whatever their case: two scripts would share one place, and one never run.
Status check_other_case(Tables& tables, const std::string& name) {
    SLUICE_TRY(const auto rows, tables.event_scripts.all());
    for (const EventScriptRow& row : rows) {
        if (row.name != name && equals_ignoring_case(row.name, name)) {
            return fail(ErrorKind::BadRequest, "Field 'name': there is the script '" + row.name +
                                                   "' already, and case makes no difference.");
        }
    }
    return {};
}

/// What a database does on its own, in a transaction or not.
bool is_never_shared(std::string_view event) {
    const auto part = [&event] {
        const std::string_view first = event.substr(0, event.find('.'));
        event.remove_prefix(std::min(first.size() + 1, event.size()));
        return first;
    };
    static_cast<void>(part());  // the service
    const std::string_view resource = part();
    return resource == "_proc" || resource == "_func" ||
           (resource == "_schema" && !event.ends_with("get"));
}

/// A service that is yet to be made is judged when it is called.
Status check_transaction(Tables& tables,
                         const EventScriptRow& row,
                         const std::vector<std::string>& databases) {
    if (!row.transaction) {
        return {};
    }
    const std::string name = lower_case(row.name);
    const std::string service = name.substr(0, name.find('.'));
    SLUICE_TRY(const auto found, tables.services.where("name", service));
    if (!found.empty() && std::ranges::find(databases, found.front().type) == databases.end()) {
        return fail(ErrorKind::BadRequest, "Field 'transaction': service '" + service +
                                               "' is no database and has no transactions.");
    }
    if (is_never_shared(store::split_event_name(name).event)) {
        return fail(ErrorKind::BadRequest,
                    "Field 'transaction': tables are not changed and routines not called in a "
                    "transaction.");
    }
    return {};
}

}  // namespace

EventScriptRecords::EventScriptRecords(std::vector<ScriptType> types,
                                       std::vector<std::string> databases,
                                       DisabledEngines disabled,
                                       CheckSyntax check_syntax,
                                       ListDescriptions descriptions)
    : RowRecords({"event_script", "Event Scripts", "Scripts that run on events.", "", {}, {}},
                 &Tables::event_scripts),
      types_(std::move(types)),
      databases_(std::move(databases)),
      disabled_(std::move(disabled)),
      check_syntax_(std::move(check_syntax)),
      descriptions_(std::move(descriptions)) {}

Task<std::optional<std::string>> EventScriptRecords::review(const json::object& sent,
                                                            const json::object& saved,
                                                            Deadline deadline) {
    std::optional<std::string> warning;
    std::string content(text_or(saved, "content", ""));
    if (check_syntax_ && !content.empty() && (sent.contains("content") || sent.contains("type"))) {
        warning = co_await check_syntax_(std::string(text_or(saved, "type", "")),
                                         std::move(content), deadline);
    }
    const std::string_view name = text_or(saved, "name", "");
    if (descriptions_ && !name.empty() && sent.contains("name")) {
        const std::string service = lower_case(name.substr(0, name.find('.')));
        if (const auto doubt =
                event_doubt(name, co_await descriptions_({service, true, kDoubtTime}, {}))) {
            warning = warning ? *warning + " " + *doubt : *doubt;
        }
    }
    co_return warning;
}

std::span<const FieldRule> EventScriptRecords::rules() const {
    return kRules;
}

std::span<const OtherMember> EventScriptRecords::others() const {
    return kOthers;
}

Status EventScriptRecords::apply(const Draft& draft,
                                 EventScriptRow& row,
                                 const EventScriptRow* before) const {
    if (before == nullptr) {
        // The key is what the caller calls it, once.
        const json::value* name = draft.fields.if_contains("name");
        if (name != nullptr) {
            SLUICE_TRY(row.name, read_text(*name, {"name", kMaxName, false}));
        }
    }
    return apply_record(draft.fields, row, kRules);
}

Status EventScriptRecords::check(Tables& tables,
                                 EventScriptRow& row,
                                 const EventScriptRow* before) const {
    SLUICE_CHECK(check_name(row.name));
    SLUICE_CHECK(require_text(row.type, "type"));
    SLUICE_CHECK(disabled_.check(row.type));
    if (std::ranges::find(types_, row.type, &ScriptType::name) == types_.end()) {
        return fail(ErrorKind::BadRequest,
                    "Field 'type': there is no script type '" + row.type + "'.");
    }
    SLUICE_TRY(const json::value limits, parse_json(row.limits, "limits"));
    SLUICE_CHECK(check_limits(limits));
    SLUICE_CHECK(check_isolation(row.isolation));
    SLUICE_CHECK(refuse_not_yet(row));
    SLUICE_CHECK(check_transaction(tables, row, databases_));
    SLUICE_CHECK(check_other_case(tables, row.name));
    return check_unique(tables, "name", row.name, before);
}

Task<Result<Response>> EventScripts::create_one(const Call& call, std::string key) {
    CO_TRY(const Body body, read_body(call.request));
    CO_TRY(const Options options, options_of(call, Body()));
    CO_TRY(json::object fields, body.record());
    fields["name"] = key;
    const Draft draft = co_await records()->prepare(call, std::move(fields));
    struct Saved {
        json::object record;
        bool is_new = false;
    };
    auto work = [records = std::shared_ptr<const Records>(records()), draft, key = std::move(key),
                 actor = Actor::of(*call.principal)](Tables& tables) -> Result<Saved> {
        Saved saved;
        SLUICE_TRY(const auto row, tables.event_scripts.find(key));
        saved.is_new = !row;
        if (row) {
            SLUICE_TRY(saved.record, records->update(tables, key, draft, actor));
        } else {
            SLUICE_TRY(saved.record, records->create(tables, draft, actor));
        }
        return saved;
    };
    CO_TRY(const Saved saved, co_await store().write(std::move(work)));
    json::object out = picked(saved.record, options, "name", true);
    const auto warning =
        co_await records()->review(draft.fields, saved.record, Deadline::after(kReviewTime));
    if (warning) {
        out["warning"] = *warning;
    }
    co_return Response::json(json::serialize(out), saved.is_new ? 201 : 200);
}

}  // namespace sluice::services::system
