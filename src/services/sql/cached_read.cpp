#include "services/sql/cached_read.h"

#include "services/sql/shared_work.h"

namespace sluice::services::sql {

CachedRead::CachedRead(Backend& backend, const Call& call) {
    if (backend.cache && &session_of(backend, call) == backend.database.get()) {
        cache_ = &*backend.cache;
        is_renewed_ = call.request.parameters.is_on("refresh");
    }
}

const std::string* CachedRead::find(char sort, const Statement& statement, TableRef table) {
    if (cache_ == nullptr) {
        return nullptr;
    }
    key_ = read_key(sort, statement);
    table_ = std::move(table);
    stamp_ = cache_->stamp();
    return is_renewed_ ? nullptr : cache_->find(key_, table_);
}

void CachedRead::keep(const std::string& answer) {
    if (cache_ != nullptr && stamp_) {
        cache_->keep(std::move(key_), table_, *stamp_, answer);
    }
}

}  // namespace sluice::services::sql
