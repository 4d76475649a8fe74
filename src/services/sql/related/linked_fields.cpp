#include "services/sql/related/linked_fields.h"

#include "services/sql/filter_parser.h"
#include "services/sql/related/relation.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kMaxLinks = 5;

void collect(const Filter& filter, const Table& table, std::vector<std::string>& names) {
    if (filter.form == Filter::Form::Compare) {
        const std::string& name = filter.comparison.field;
        if (name.find('.') != std::string::npos && table.find(name) == nullptr) {
            names.push_back(name);
        }
        return;
    }
    for (const Filter& part : filter.parts) {
        collect(part, table, names);
    }
}

Error no_such(const std::string& name, std::string_view why) {
    return Error(ErrorKind::BadRequest, "Invalid or unparsable field in filter request: '" + name +
                                            "': " + std::string(why));
}

/// The relation that `rest` begins with, which then begins after it and its dot. Names may hold
/// dots themselves: the shortest that is one counts.
const Relation* take_relation(const Relations& relations, std::string_view& rest) {
    for (std::size_t dot = rest.find('.'); dot != std::string_view::npos;
         dot = rest.find('.', dot + 1)) {
        if (const Relation* relation = find_relation(relations, rest.substr(0, dot))) {
            rest.remove_prefix(dot + 1);
            return relation;
        }
    }
    return nullptr;
}

/// One step to `name`, as far as the caller may read there.
Task<Result<Link::Step>> step_to(
    Backend& backend, const Call& caller, const Column* from, std::string name, std::string field) {
    const Grant grant = grant_on(caller, "_table/" + name, Verb::Get);
    if (!grant.verbs.contains(Verb::Get)) {
        co_return fail(ErrorKind::Forbidden,
                       "Access Forbidden. GET access to component '_table/" + name +
                           "' of service '" + caller.target.service +
                           "', which the filter asks for, is not allowed by this user's role.");
    }
    Link::Step step;
    step.from = from;
    CO_TRY(step.table,
           co_await backend.catalog.find(std::move(name), caller.request.origin.deadline));
    step.to = step.table->find(field);
    if (step.from == nullptr || step.to == nullptr) {
        co_return fail(ErrorKind::Internal, "The field of a relation is not in its table.");
    }
    CO_TRY(step.permitted, resolve_grant(*step.table, grant));
    co_return step;
}

Task<Result<std::shared_ptr<const Link>>> link_of(Backend& backend,
                                                  const Call& caller,
                                                  TableRef table,
                                                  Relation relation) {
    auto link = std::make_shared<Link>();
    const Column* from = table->find(relation.field);
    if (relation.form == Relation::Form::ManyMany) {
        CO_TRY(auto between, co_await step_to(backend, caller, from, relation.junction_table,
                                              relation.junction_field));
        from = between.table->find(relation.junction_ref_field);
        link->steps.push_back(std::move(between));
    }
    CO_TRY(auto step,
           co_await step_to(backend, caller, from, relation.ref_table, relation.ref_field));
    link->steps.push_back(std::move(step));
    co_return link;
}

Task<Result<LinkedField>> resolve_field(Backend& backend,
                                        const Call& caller,
                                        TableRef table,
                                        std::string name) {
    LinkedField field;
    std::string_view rest = name;
    while ((field.column = table->find(rest)) == nullptr) {
        CO_TRY(const auto relations,
               co_await backend.catalog.relations(*table, caller.request.origin.deadline));
        const Relation* relation = take_relation(*relations, rest);
        if (relation == nullptr) {
            co_return fail(no_such(name, "no field and no relation of '" + table->name + "'."));
        }
        if (field.links.size() == kMaxLinks) {
            co_return fail(no_such(
                name, "more than " + std::to_string(kMaxLinks) + " relations after each other."));
        }
        CO_TRY(auto link, co_await link_of(backend, caller, table, *relation));
        table = link->steps.back().table;
        field.links.push_back(std::move(link));
    }
    co_return field;
}

}  // namespace

Task<Result<LinkedFields>> resolve_linked_fields(Backend& backend,
                                                 const Call& caller,
                                                 TableRef table,
                                                 std::string filter) {
    LinkedFields linked;
    if (filter.find('.') == std::string::npos) {
        co_return linked;  // the plain filter is not parsed twice
    }
    const auto parsed = parse_filter(filter);
    if (!parsed) {
        co_return linked;
    }
    std::vector<std::string> names;
    collect(*parsed, *table, names);
    for (const std::string& name : names) {
        if (!linked.contains(name)) {
            CO_TRY(auto field, co_await resolve_field(backend, caller, table, name));
            linked.emplace(name, std::move(field));
        }
    }
    co_return linked;
}

Task<Result<Select>> plan_linked(Backend& backend,
                                 const Call& call,
                                 TableRef table,
                                 const Query& query) {
    CO_TRY(const auto linked, co_await resolve_linked_fields(backend, call, table, query.filter));
    co_return plan_select(table, query, call.grant, backend.settings.max_records, linked);
}

}  // namespace sluice::services::sql
