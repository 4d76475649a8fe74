#include "services/system/collection.h"

#include <algorithm>

#include "services/system/left_behind.h"

namespace sluice::services::system {
namespace {

using store::Tables;

using SharedRecords = std::shared_ptr<const Records>;

Status relate_all(const Records& records,
                  Tables& tables,
                  json::object& record,
                  const Options& options) {
    const auto& empty = records.kind().empty_relations;
    for (const std::string& relation : options.relations) {
        if (std::ranges::find(empty, relation) != empty.end()) {
            record[relation] = json::array();
            continue;
        }
        SLUICE_CHECK(records.relate(tables, record, relation));
    }
    return {};
}

/// A record as it is answered after a write.
Result<json::object> related(const Records& records,
                             Tables& tables,
                             Result<json::object> record,
                             const Options& options) {
    if (record) {
        SLUICE_CHECK(relate_all(records, tables, *record, options));
    }
    return record;
}

std::string key_text(const json::object& record, std::string_view key) {
    const json::value* value = record.if_contains(key);
    if (value == nullptr || value->is_null()) {
        return {};
    }
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

/// Which records a change or a deletion is about, and the draft for each.
struct Work {
    std::vector<std::string> keys;
    /// One for all, or one per key.
    std::vector<Draft> drafts;

    const Draft& draft(std::size_t i) const { return drafts[std::min(i, drafts.size() - 1)]; }
};

/// The keys of the records that match the filter.
Result<std::vector<std::string>> matching(const Records& records,
                                          Tables& tables,
                                          const RecordFilter& filter) {
    SLUICE_TRY(const json::array all, records.list(tables));
    std::vector<std::string> keys;
    for (const json::value& record : all) {
        if (filter.matches(record.get_object())) {
            keys.push_back(key_text(record.get_object(), records.kind().key));
        }
    }
    return keys;
}

Result<json::object> missing_key(std::string_view key) {
    return fail(ErrorKind::BadRequest,
                "Identifier '" + std::string(key) + "' is missing in the record.");
}

using Warning = std::optional<std::string>;

std::string member_text(const json::object& record,
                        const Warning& warning,
                        const Options& options,
                        std::string_view key) {
    json::object out = picked(record, options, key, true);
    if (warning) {
        out["warning"] = *warning;
    }
    return json::serialize(out);
}

Result<Response> answer(const Result<BatchOutcome>& outcome,
                        const std::vector<Warning>& warnings,
                        const Options& options,
                        std::string_view key,
                        std::string_view done,
                        int status) {
    if (!outcome) {
        return fail(outcome.error());
    }
    if (outcome->has_failed) {
        return fail(batch_error(*outcome, options, key, done));
    }
    std::string body = "{\"resource\":[";
    for (std::size_t i = 0; i < outcome->results.size(); ++i) {
        const json::object& record = *outcome->results[i];
        body.append(i == 0 ? "" : ",");
        if (options.as_list) {
            body.append(json::serialize(record.at(key)));
        } else {
            body.append(
                member_text(record, i < warnings.size() ? warnings[i] : Warning(), options, key));
        }
    }
    return Response::json(body.append("]}"), status);
}

Task<std::vector<Draft>> prepare_all(Records& records,
                                     const Call& call,
                                     std::vector<json::object> fields) {
    std::vector<Draft> drafts;
    drafts.reserve(fields.size());
    for (json::object& one : fields) {
        drafts.push_back(co_await records.prepare(call, std::move(one)));
    }
    co_return drafts;
}

/// What there is to warn of in each record that was saved; empty when some were not.
Task<std::vector<Warning>> review_all(Records& records,
                                      const std::vector<Draft>& drafts,
                                      const Result<BatchOutcome>& outcome) {
    std::vector<Warning> warnings;
    if (!outcome || outcome->has_failed || drafts.empty()) {
        co_return warnings;
    }
    const Deadline deadline = Deadline::after(kReviewTime);
    for (std::size_t i = 0; i < outcome->results.size(); ++i) {
        const Draft& draft = drafts[std::min(i, drafts.size() - 1)];
        warnings.push_back(co_await records.review(draft.fields, *outcome->results[i], deadline));
    }
    co_return warnings;
}

Result<json::object> create_record(const Records& records,
                                   Tables& tables,
                                   const Draft& draft,
                                   const Actor& actor,
                                   const Options& options) {
    if (draft.fault) {
        return fail(*draft.fault);
    }
    return related(records, tables, records.create(tables, draft, actor), options);
}

Result<json::object> update_record(const Records& records,
                                   Tables& tables,
                                   const std::string& key,
                                   const Draft& draft,
                                   const Actor& actor,
                                   const Options& options) {
    if (draft.fault) {
        return fail(*draft.fault);
    }
    if (key.empty()) {
        return missing_key(records.kind().key);
    }
    return related(records, tables, records.update(tables, key, draft, actor), options);
}

/// Related records are read first: they may go with the one that is removed.
Result<json::object> remove_record(const Records& records,
                                   Tables& tables,
                                   const std::string& key,
                                   const Options& options) {
    if (key.empty()) {
        return missing_key(records.kind().key);
    }
    SLUICE_TRY(json::object record, related(records, tables, records.find(tables, key), options));
    SLUICE_TRY(const json::object removed, records.remove(tables, key));
    if (const json::value* warning = removed.if_contains(kWarning)) {
        record[kWarning] = *warning;
    }
    return record;
}

}  // namespace

std::vector<Route> Collection::routes() const {
    const RecordKind& kind = records_->kind();
    // A name may hold slashes: an event of a file has its path in it.
    const bool is_named = kind.key != "id";
    const std::string one = kind.name + "/{" + std::string(kind.key) + (is_named ? "...}" : "}");
    return {{kind.name, VerbSet::all(), "Lists, creates, changes and deletes: " + kind.label + "."},
            {one, is_named ? VerbSet::all() : kGet | kChange | kDelete,
             "Reads, changes and deletes one by its " + std::string(kind.key) + ".", true}};
}

Task<Result<Response>> Collection::handle(const Call& call) {
    const std::size_t own = static_cast<std::size_t>(std::ranges::count(path(), '/')) + 1;
    const auto& segments = call.target.segments;
    if (segments.size() <= own) {
        switch (call.request.verb) {
            case Verb::Get:
                co_return co_await list(call);
            case Verb::Post:
                co_return co_await create(call);
            case Verb::Put:
            case Verb::Patch:
                co_return co_await change(call);
            case Verb::Delete:
                co_return co_await remove(call);
            default:
                co_return fail(unsupported(call));
        }
    }
    std::string key = segments[own];
    for (std::size_t i = own + 1; i < segments.size(); ++i) {
        key.append("/").append(segments[i]);  // no id has a slash: such a path finds nothing
    }
    switch (call.request.verb) {
        case Verb::Get:
            co_return co_await read_one(call, key);
        case Verb::Post:
            co_return co_await create_one(call, key);
        case Verb::Put:
        case Verb::Patch:
            co_return co_await change_one(call, key);
        case Verb::Delete:
            co_return co_await remove_one(call, key);
        default:
            co_return fail(unsupported(call));
    }
}

Result<Options> Collection::options_of(const Call& call, const Body& body) const {
    SLUICE_TRY(Options options, read_options(call.request, body, records_->kind()));
    const std::string& other = records_->kind().relations_belong_to;
    if (options.relations.empty() || other.empty() || may_also(call, Verb::Get, other)) {
        return options;
    }
    if (!options.shows_all_relations) {
        return fail(needs_right(call, Verb::Get, options.relations.front(), other));
    }
    options.relations.clear();
    return options;
}

Task<Result<Response>> Collection::list(const Call& call) {
    CO_TRY(const Body body, read_body(call.request));
    CO_TRY(Options options, options_of(call, body));
    if (!options.ids.empty()) {
        co_return co_await read_ids(std::move(options));
    }
    auto work = [records = SharedRecords(records_),
                 options](Tables& tables) -> Result<std::string> {
        SLUICE_TRY(json::array all, records->list(tables));
        if (options.filter) {
            json::array matched;
            for (json::value& record : all) {
                if (options.filter->matches(record.get_object())) {
                    matched.push_back(std::move(record));
                }
            }
            all = std::move(matched);
        }
        const std::size_t count = all.size();
        if (options.count_only) {
            return std::to_string(count);
        }
        const std::string_view key = records->kind().key;
        json::array page = page_of(std::move(all), options);
        for (json::value& record : page) {
            if (options.as_list) {
                record = json::value(record.at(key));
                continue;
            }
            SLUICE_CHECK(relate_all(*records, tables, record.get_object(), options));
            record = picked(record.get_object(), options, key, false);
        }
        return listing(std::move(page),
                       options.include_count ? std::optional(count) : std::nullopt);
    };
    CO_TRY(std::string text, co_await store_.read(std::move(work)));
    co_return Response::json(std::move(text));
}

Task<Result<Response>> Collection::read_ids(Options options) {
    options.continues = true;
    auto work = [records = SharedRecords(records_),
                 options](Tables& tables) -> Result<BatchOutcome> {
        const auto one = [&](Tables& same, std::size_t i) {
            return related(*records, same, records->find(same, options.ids[i]), options);
        };
        BatchOutcome outcome;
        for (std::size_t i = 0; i < options.ids.size(); ++i) {
            outcome.results.push_back(one(tables, i));
            outcome.has_failed = outcome.has_failed || !outcome.results.back();
        }
        return outcome;
    };
    auto outcome = co_await store_.read(std::move(work));
    if (!options.fields) {
        options.fields.emplace();  // reading shows all
    }
    co_return answer(outcome, {}, options, records_->kind().key, "retrieved", 200);
}

Task<Result<Response>> Collection::read_one(const Call& call, std::string key) {
    CO_TRY(const Options options, options_of(call, Body()));
    auto work = [records = SharedRecords(records_), options,
                 key = std::move(key)](Tables& tables) -> Result<std::string> {
        SLUICE_TRY(const json::object record,
                   related(*records, tables, records->find(tables, key), options));
        return json::serialize(picked(record, options, records->kind().key, false));
    };
    CO_TRY(std::string text, co_await store_.read(std::move(work)));
    co_return Response::json(std::move(text));
}

Task<Result<Response>> Collection::create(const Call& call) {
    CO_TRY(const Body body, read_body(call.request));
    CO_TRY(const Options options, options_of(call, body));
    CO_TRY(std::vector<json::object> fields, body.records());
    const std::vector<Draft> drafts = co_await prepare_all(*records_, call, std::move(fields));
    const std::string_view key = records_->kind().key;
    auto work = [records = SharedRecords(records_), options, key, drafts,
                 actor = Actor::of(*call.principal)](Tables& tables) {
        return run_batch(tables, drafts.size(), options, key, "created",
                         [&](Tables& same, std::size_t i) {
                             return create_record(*records, same, drafts[i], actor, options);
                         });
    };
    const auto outcome = co_await store_.write(std::move(work));
    const std::vector<Warning> warnings = co_await review_all(*records_, drafts, outcome);
    co_return answer(outcome, warnings, options, key, "created", 201);
}

Task<Result<Response>> Collection::create_one(const Call& /*call*/, std::string /*key*/) {
    co_return fail(ErrorKind::BadRequest, "Create record by identifier not currently supported.");
}

Task<Result<Response>> Collection::change(const Call& call) {
    CO_TRY(const Body body, read_body(call.request));
    CO_TRY(const Options options, options_of(call, body));
    CO_TRY(std::vector<json::object> fields, body.records());
    const std::string_view key = records_->kind().key;
    Work changes;
    changes.keys = options.ids;
    if (options.ids.empty() && !options.filter) {
        for (const json::object& record : fields) {
            changes.keys.push_back(key_text(record, key));
        }
    } else {
        fields.resize(1);  // one set of values for all of them
    }
    changes.drafts = co_await prepare_all(*records_, call, std::move(fields));
    const std::vector<Draft> drafts = changes.drafts;
    auto work = [records = SharedRecords(records_), options, key, changes,
                 actor =
                     Actor::of(*call.principal)](Tables& tables) mutable -> Result<BatchOutcome> {
        if (changes.keys.empty()) {
            SLUICE_TRY(changes.keys, matching(*records, tables, *options.filter));
        }
        return run_batch(tables, changes.keys.size(), options, key, "updated",
                         [&](Tables& same, std::size_t i) {
                             return update_record(*records, same, changes.keys[i], changes.draft(i),
                                                  actor, options);
                         });
    };
    const auto outcome = co_await store_.write(std::move(work));
    const std::vector<Warning> warnings = co_await review_all(*records_, drafts, outcome);
    co_return answer(outcome, warnings, options, key, "updated", 200);
}

Task<Result<Response>> Collection::change_one(const Call& call, std::string key) {
    CO_TRY(const Body body, read_body(call.request));
    CO_TRY(const Options options, options_of(call, Body()));
    CO_TRY(json::object fields, body.record());
    const Draft draft = co_await records_->prepare(call, std::move(fields));
    auto work = [records = SharedRecords(records_), options, draft, key = std::move(key),
                 actor = Actor::of(*call.principal)](Tables& tables) {
        return update_record(*records, tables, key, draft, actor, options);
    };
    CO_TRY(const json::object record, co_await store_.write(std::move(work)));
    const Warning warning =
        co_await records_->review(draft.fields, record, Deadline::after(kReviewTime));
    co_return Response::json(member_text(record, warning, options, records_->kind().key));
}

Task<Result<Response>> Collection::remove(const Call& call) {
    CO_TRY(const Body body, read_body(call.request));
    CO_TRY(const Options options, options_of(call, body));
    const std::string_view key = records_->kind().key;
    std::vector<std::string> keys = options.ids;
    if (keys.empty() && !options.filter) {
        auto fields = body.records();
        if (!fields) {
            co_return fail(ErrorKind::BadRequest, "No filter or records given for delete request.");
        }
        for (const json::object& record : *fields) {
            keys.push_back(key_text(record, key));
        }
    }
    auto work = [records = SharedRecords(records_), options, key,
                 keys](Tables& tables) mutable -> Result<BatchOutcome> {
        if (keys.empty()) {
            SLUICE_TRY(keys, matching(*records, tables, *options.filter));
        }
        return run_batch(tables, keys.size(), options, key, "deleted",
                         [&](Tables& same, std::size_t i) {
                             return remove_record(*records, same, keys[i], options);
                         });
    };
    const auto outcome = co_await store_.write(std::move(work));
    co_return answer(outcome, {}, options, key, "deleted", 200);
}

Task<Result<Response>> Collection::remove_one(const Call& call, std::string key) {
    CO_TRY(const Options options, options_of(call, Body()));
    auto work = [records = SharedRecords(records_), options, key = std::move(key)](Tables& tables) {
        return remove_record(*records, tables, key, options);
    };
    CO_TRY(const json::object record, co_await store_.write(std::move(work)));
    co_return Response::json(json::serialize(picked(record, options, records_->kind().key, true)));
}

}  // namespace sluice::services::system
