#include "services/sql/streamed_list.h"

#include <algorithm>

#include "core/content_stream.h"
#include "services/sql/keyed_rows.h"
#include "services/sql/list_meta.h"
#include "services/sql/related/related_records.h"

namespace sluice::services::sql {
namespace {

/// Shorter lists are read as a whole: a cursor takes some more statements, and its connection is
/// not free before the client has the last row.
constexpr std::int64_t kPageRows = 1000;
/// A piece has about this many bytes: where the driver cannot stop there, by how large rows have
/// been so far. Later ones may be larger, so the rows grow slowly.
constexpr std::size_t kPieceBytes = 256UL * 1024;
constexpr std::size_t kFirstRows = 64;
constexpr std::size_t kMostRows = 1000;
constexpr std::size_t kGrowth = 4;

constexpr std::string_view kStart = "{\"resource\":[";

/// What the later pieces need of the call: all but its body.
Call without_body(const Call& call) {
    Call kept;
    kept.principal = call.principal;
    kept.target = call.target;
    kept.grant = call.grant;
    kept.request.verb = call.request.verb;
    kept.request.path = call.request.path;
    kept.request.headers = call.request.headers;
    kept.request.origin = call.request.origin;
    return kept;
}

class ListStream : public ContentStream {
public:
    ListStream(Backend& backend, Select select, CursorRef cursor)
        : backend_(backend),
          select_(std::move(select)),
          cursor_(std::move(cursor)),
          piece_bytes_(std::min(kPieceBytes, backend.settings.max_answer_bytes / 4)) {}

    /// What `meta` is to tell besides.
    void tell(std::string schema, bool includes_count) {
        schema_ = std::move(schema);
        includes_count_ = includes_count;
    }
    /// What each row is to show of other tables, to whom.
    void show(Links links, const Call& caller) {
        links_ = std::move(links);
        caller_ = without_body(caller);
    }
    /// What each piece may take of time.
    void set_piece_time(std::chrono::milliseconds time) { piece_time_ = time; }
    bool is_at_end() const { return cursor_ == nullptr; }

    Task<Status> next(std::string& piece) override {
        piece.clear();
        if (is_at_end()) {
            co_return Status();
        }
        const Deadline deadline = Deadline::after(piece_time_);
        Task<Result<Fetched>> fetching =
            links_.asked.empty() ? fetch(piece, deadline) : fetch_linked(piece, deadline);
        CO_TRY(const Fetched fetched, co_await std::move(fetching));
        if (fetched.rows > 0) {
            const std::size_t row_bytes = std::max<std::size_t>(1, piece.size() / fetched.rows);
            rows_at_once_ = std::clamp(piece_bytes_ / row_bytes, std::size_t{1},
                                       std::min(kMostRows, rows_at_once_ * kGrowth));
        } else if (has_begun_) {
            piece.clear();  // no row follows the comma
        }
        has_begun_ = true;
        if (fetched.is_cut || !fetched.has_more) {
            CO_TRY(const std::string end, co_await ending(fetched.is_cut, deadline));
            piece.append(end);
        }
        co_return Status();
    }

private:
    struct Fetched {
        /// In the piece.
        std::size_t rows = 0;
        bool has_more = false;
        /// By the limit.
        bool is_cut = false;
    };

    std::string_view before() const { return has_begun_ ? "," : kStart; }

    Task<Result<Fetched>> fetch(std::string& piece, Deadline deadline) {
        Fetched fetched;
        JsonRows rows(*select_.shape, backend_.settings.max_answer_bytes);
        rows.reserve(piece_bytes_);
        rows.set_enough(piece_bytes_);
        rows.begin_text(before());
        CO_TRY(fetched.has_more, co_await cursor_->fetch(rows, rows_to_ask(), deadline));
        count_ += static_cast<std::int64_t>(rows.count());
        fetched.is_cut = count_ > select_.limit;
        if (fetched.is_cut) {
            rows.drop_last_row();
        }
        fetched.rows = rows.count();
        piece = rows.take();
        co_return fetched;
    }

    Task<Result<Fetched>> fetch_linked(std::string& piece, Deadline deadline) {
        Fetched fetched;
        KeyedRows rows(*select_.shape, links_.sources.size(), backend_.settings.max_answer_bytes);
        rows.set_enough(piece_bytes_);
        CO_TRY(fetched.has_more, co_await cursor_->fetch(rows, rows_to_ask(), deadline));
        count_ += static_cast<std::int64_t>(rows.rows().size());
        fetched.is_cut = count_ > select_.limit;
        if (fetched.is_cut) {
            rows.rows().pop_back();
        }
        fetched.rows = rows.rows().size();
        caller_.request.origin.deadline = deadline;
        CO_CHECK(co_await add_related(backend_, caller_, links_.asked, 0, rows.rows()));
        piece = before();
        for (const KeyedRows::Row& row : rows.rows()) {
            piece.append(&row == &rows.rows().front() ? "" : ",").append(row.closed());
        }
        co_return fetched;
    }

    /// The last rows are asked for with one more than there are: the database then says that this
    /// is the end, and the connection need not be closed to be rid of the rest. A list that may be
    /// cut has one row beyond its limit.
    std::size_t rows_to_ask() const {
        const auto left = static_cast<std::size_t>(select_.limit - count_);
        return left > rows_at_once_ ? rows_at_once_ : left + (select_.is_capped ? 2 : 1);
    }

    /// What follows the last row. `is_cut`: there are more than the limit lets through.
    Task<Result<std::string>> ending(bool is_cut, Deadline deadline) {
        cursor_.reset();
        std::optional<std::int64_t> count;
        if (is_cut || includes_count_) {
            CO_TRY(count, co_await count_rows(backend_, *backend_.database, select_, deadline));
        }
        co_return "]" + meta_text(select_, count, std::move(schema_)) + "}";
    }

    Backend& backend_;
    Select select_;
    /// Null when all has been read.
    CursorRef cursor_;
    /// Well below what an answer may have.
    std::size_t piece_bytes_;
    Links links_;
    /// Only with `links_`.
    Call caller_;
    std::string schema_;
    bool includes_count_ = false;
    std::chrono::milliseconds piece_time_{0};
    std::size_t rows_at_once_ = kFirstRows;
    std::int64_t count_ = 0;
    bool has_begun_ = false;
};

}  // namespace

bool is_long(const Select& select) {
    return select.limit > kPageRows;
}

Task<Result<Response>> stream_list(Backend& backend,
                                   const Call& call,
                                   const Query& query,
                                   Select select,
                                   CursorRef cursor,
                                   Links links) {
    CO_TRY(std::string schema, co_await schema_asked_for(backend, call, query, *select.table));
    auto stream = std::make_shared<ListStream>(backend, std::move(select), std::move(cursor));
    stream->tell(std::move(schema), query.includes_count);
    if (!links.asked.empty()) {
        stream->show(std::move(links), call);
    }
    stream->set_piece_time(std::chrono::duration_cast<std::chrono::milliseconds>(
        call.request.origin.deadline.at() - Deadline::Clock::now()));
    Response response;
    CO_CHECK(co_await stream->next(response.content));
    if (!stream->is_at_end()) {
        response.rest = std::move(stream);
    }
    co_return response;
}

}  // namespace sluice::services::sql
