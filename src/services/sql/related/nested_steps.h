#pragma once
/// The writes of one record and of those inside of it, one after the other: what a record refers to
/// first, then the record, then what refers to it.

#include <functional>

#include "services/sql/related/nested_plans.h"

namespace sluice::services::sql {

class NestedSteps : public Steps {
public:
    /// `plan` makes the write of `root` itself. `hidden` fields are left out of the answer.
    NestedSteps(std::shared_ptr<const NestedRecord> root,
                PlanRecord plan,
                std::vector<std::string> hidden);

    void start() override;
    /// Where no table has calls.
    std::optional<Write> next() override;
    std::optional<WriteOrCall> next_of_either();
    void take(WrittenRows rows) override;
    /// Shape: begins with the place of the record that failed; that one inside is not found does
    ///        not mean that what the request is about is not.
    Error told(Error error) const override;
    WrittenRows answer() override { return std::move(answer_); }

private:
    using RowDone = std::function<void(std::string_view row)>;
    struct Step {
        std::string path;
        std::function<WriteOrCall()> plan;
        std::function<void(const WrittenRows&)> done;
    };
    /// How one record is written, and what is done with its row.
    struct Doing {
        PlanRecord plan;
        /// Run where `plan` found nothing.
        PlanRecord otherwise;
        RowDone done;
        /// Set: `plan` only looks, and this is done with each row that it finds.
        PlanRecord call = nullptr;
    };

    // What is pushed last runs first.
    void push(Step step) { stack_.push_back(std::move(step)); }
    /// Counts a record that is about to be noted. False once there are too many: the first of those
    /// is noted as refused, and the rest not at all.
    bool has_room(const NestedRecord& record);
    void push_refusal(const std::string& path, std::string why);
    void push_record(const NestedRecord& record, Record own, Doing doing);
    void push_own(const NestedRecord& record, std::shared_ptr<Record> own, Doing doing);
    void push_calls(const NestedRecord& record,
                    const Record& own,
                    const Doing& doing,
                    const std::vector<std::string>& rows);
    static void plan_change(const NestedTable& there,
                            const NestedRecord& record,
                            bool must_be_there,
                            Doing& doing);
    static void plan_upsert(const NestedTable& there, const NestedRecord& record, Doing& doing);
    void push_other(const NestedMember& member, const NestedRecord& record, RowDone done);
    void push_members(const NestedRecord& record, std::string_view row);
    void push_member(const NestedMember& member, const Input& ours, bool releases);
    void push_child(const NestedMember& member, const NestedRecord& record, const Input& ours);
    void push_release(const NestedMember& member, const NestedRecord& record, const Input& ours);
    void push_linked(const NestedMember& member, const NestedRecord& record, const Input& ours);
    void push_link(const NestedMember& member, const NestedRecord& record, Record pair);
    void push_unlink(const NestedMember& member, const NestedRecord& record, Record pair);
    void push_each(const std::string& path,
                   const NestedTable& there,
                   NestedTable::Use use,
                   const Record& own,
                   const WrittenRows& found);
    void answer_with(std::string_view row);

    std::shared_ptr<const NestedRecord> root_;
    PlanRecord plan_;
    std::vector<std::string> hidden_;
    /// The last one is the next.
    std::vector<Step> stack_;
    Step current_;
    std::size_t count_ = 0;
    /// Of what the steps inside return.
    std::shared_ptr<ByteBudget> budget_;
    WrittenRows answer_;
};

}  // namespace sluice::services::sql
