#include "pipeline/transaction.h"

namespace sluice::pipeline {
namespace {

const Script* who_asks(const store::Snapshot& snapshot, const Call& call) {
    for (const EventName& name : call.target.events) {
        const store::Attachments* attached = snapshot.find_attachments(name.name);
        const Script* script = attached == nullptr ? nullptr : attached->transactional();
        if (script != nullptr) {
            return script;
        }
    }
    return nullptr;
}

}  // namespace

Result<UnitOfWorkRef> unit_of_work(const store::Snapshot& snapshot,
                                   const Call& call,
                                   const services::Description& service) {
    const Script* script = who_asks(snapshot, call);
    if (script == nullptr) {
        return UnitOfWorkRef();
    }
    if (!service.has_transactions) {
        return fail(ErrorKind::Internal, "Script '" + script->name +
                                             "' asks for a transaction, and service '" +
                                             call.target.service + "' has none.");
    }
    const Origin& origin = call.request.origin;
    return std::make_shared<UnitOfWork>(call.target.service, origin.deadline, origin.unit);
}

Task<std::optional<Error>> settle(UnitOfWork& unit,
                                  bool has_failed,
                                  Deadline deadline,
                                  const Response& response) {
    const bool keeps = !has_failed && response.status < 400;
    const Status ended = co_await unit.end(keeps, deadline);
    if (ended || !keeps) {
        co_return std::nullopt;  // what could not be undone in words ends with its connection
    }
    co_return ended.error();
}

}  // namespace sluice::pipeline
