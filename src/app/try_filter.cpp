#include "app/try_filter.h"

#include "services/sql/filter_parser.h"

namespace sluice::app {
namespace {

Call call_for(const std::string& service, const std::string& table, RowFilter filter) {
    Call call;
    call.target.service = service;
    call.target.segments = {"_table", table};
    call.target.resource = "_table/" + table;
    call.request.path = "/api/v2/" + service + "/" + call.target.resource;
    call.request.parameters.set("limit", "1");
    auto everybody = std::make_shared<Principal>();
    everybody->is_unrestricted = true;
    call.principal = std::move(everybody);
    call.grant.verbs = VerbSet::all();
    // No row meets the second one.
    call.grant.filters = {std::move(filter), {"", "", "", true}};
    return call;
}

}  // namespace

Task<std::optional<std::string>> try_filter(store::SnapshotRef snapshot,
                                            services::Registry& registry,
                                            std::string service,
                                            std::string table,
                                            RowFilter filter,
                                            Deadline deadline) {
    const auto found = registry.find(*snapshot, service);
    if (!found || deadline.has_passed()) {
        co_return std::nullopt;
    }
    const services::ServiceRef asked = *found;
    Call call = call_for(service, table, std::move(filter));
    call.request.origin.deadline = deadline;
    const Result<Response> answer = co_await asked->handle(call);
    const bool is_at_fault = !answer && answer.error().kind() == ErrorKind::Internal &&
                             answer.error().message() == services::sql::kRoleFilterFails;
    co_return is_at_fault ? std::optional(answer.error().detail()) : std::nullopt;
}

}  // namespace sluice::app
