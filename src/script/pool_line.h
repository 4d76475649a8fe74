#pragma once
/// The runs that wait for a host, in the order in which they are served: the deepest calls first,
/// because others wait for them, then scripts in turn, then in order of arrival.

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <vector>

#include "core/async.h"
#include "script/host_tenant.h"

namespace sluice::script {

/// Added to the depth of a run whose call has an open transaction: runs of any depth may wait for
/// that to end.
inline constexpr int kInTransaction = 1000;

/// What a run needs a host for.
struct Want {
    Tenant tenant;
    /// 0 from outside; one more for each script in between; kInTransaction.
    int depth = 0;
    /// The text is compiled only.
    bool is_check = false;
    /// It was sent to a host already that then retired: it goes before the others of its script.
    bool was_sent = false;
};

/// Threads: one shard.
class Line {
public:
    /// One that waits. Lives in the frame of the one who does.
    struct Place {
        Place(Executor executor, const Want& wanted) : want(wanted), signal(executor) {}

        const Want& want;
        Signal signal;
    };

    void join(Place& place);
    /// It has a host (`is_served`: its script's turn is over), or gave up.
    void leave(const Place& place, bool is_served);

    /// The first `most` of all that wait, in order.
    std::vector<Place*> next(std::size_t most) const;

    std::size_t size() const { return size_; }
    /// Of how many scripts, those at different depths counted apart.
    std::size_t scripts() const;
    /// The depth of the deepest that wait; -1 when nobody does.
    int deepest() const { return levels_.empty() ? -1 : levels_.begin()->first; }
    /// Nobody of the same script came before it, at its depth.
    bool is_first_of_its_script(const Want& want) const;
    /// Somebody waits for another script than this.
    bool has_other_script(const Script& script) const;
    /// Somebody waits for another script, or on behalf of another caller.
    bool has_other_tenant(const Tenant& tenant) const;

private:
    /// Those who wait for one script at one depth; never empty.
    using Queue = std::deque<Place*>;
    using Level = std::list<Queue>;

    static const Script& script_of(const Queue& queue) {
        return *queue.front()->want.tenant.script;
    }

    std::map<int, Level, std::greater<>> levels_;
    std::size_t size_ = 0;
};

}  // namespace sluice::script
