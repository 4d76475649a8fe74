#include "services/sql/related/nested_steps.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "core/fields.h"
#include "core/json_reader.h"
#include "services/sql/extras.h"
#include "services/sql/keyed_rows.h"

namespace sluice::services::sql {
namespace {

using Way = NestedRecord::Way;
using Form = Relation::Form;
using Use = NestedTable::Use;

std::string cannot_be_written(const Column& column) {
    return "field '" + column.shown() + "' cannot be written.";
}

/// Whether rules of the field pass the value over in silence: the record would belong to nobody.
bool is_left_out(const Column& column, const Input& value, bool is_insert) {
    if (!column.extras || !column.extras->rules) {
        return false;
    }
    const auto verdict = column.extras->rules->judge(&value, is_insert);
    return verdict && *verdict == Validation::Verdict::LeavesOut;
}

}  // namespace

NestedSteps::NestedSteps(std::shared_ptr<const NestedRecord> root,
                         PlanRecord plan,
                         std::vector<std::string> hidden)
    : root_(std::move(root)),
      plan_(std::move(plan)),
      hidden_(std::move(hidden)),
      budget_(std::make_shared<ByteBudget>()) {}

void NestedSteps::start() {
    stack_.clear();
    count_ = 0;
    budget_->held = 0;
    answer_ = {};
    push_record(*root_, root_->own,
                {plan_, nullptr, [this](std::string_view row) { answer_with(row); }});
}

std::optional<Write> NestedSteps::next() {
    auto next = next_of_either();
    return next ? std::optional(std::get<Write>(std::move(*next))) : std::nullopt;
}

std::optional<WriteOrCall> NestedSteps::next_of_either() {
    if (stack_.empty()) {
        return std::nullopt;
    }
    current_ = std::move(stack_.back());
    stack_.pop_back();
    WriteOrCall next = current_.plan();
    if (auto* write = std::get_if<Write>(&next); write != nullptr && !current_.path.empty()) {
        write->budget = budget_;
    }
    return next;
}

void NestedSteps::take(WrittenRows rows) {
    if (current_.done) {
        current_.done(rows);
    }
}

Error NestedSteps::told(Error error) const {
    if (current_.path.empty()) {
        return error;
    }
    if (error.kind() == ErrorKind::NotFound) {
        error = Error(ErrorKind::BadRequest, error.message());
    }
    return std::move(error).with_prefix(current_.path + ":");
}

void NestedSteps::answer_with(std::string_view row) {
    KeyedRows::Row shown_row;
    std::string name;
    JsonReader reader(row);
    reader.open();
    while (reader.next_key(name)) {
        const std::string_view value = reader.raw();
        const bool is_hidden = std::ranges::any_of(hidden_, [&name](const std::string& field) {
            return equals_ignoring_case(field, name);
        });
        if (!is_hidden) {
            shown_row.add(name, value);
        }
    }
    answer_.json.append(answer_.json.empty() ? "" : ",").append(shown_row.closed());
    ++answer_.count;
}

void NestedSteps::push_refusal(const std::string& path, std::string why) {
    push({path, [why = std::move(why)] { return refused(Error(ErrorKind::BadRequest, why)); }, {}});
}

bool NestedSteps::has_room(const NestedRecord& record) {
    if (++count_ == kMaxNested + 1) {
        push_refusal(record.path, "a request may write at most " + std::to_string(kMaxNested) +
                                      " records inside of others.");
    }
    return count_ <= kMaxNested;
}

void NestedSteps::push_record(const NestedRecord& record, Record own, Doing doing) {
    auto pending = std::make_shared<Record>(std::move(own));
    push_own(record, pending, std::move(doing));
    for (const NestedMember& member : record.members | std::views::reverse) {
        if (member.relation.form != Form::BelongsTo || member.records.empty()) {
            continue;
        }
        if (!has_room(member.records.front())) {
            return;
        }
        push_other(member, member.records.front(),
                   [this, pending, &record, &member](std::string_view row) {
                       const Input theirs = input_in(row, *member.ref_field);
                       if (is_left_out(*member.field, theirs, record.way == Way::Insert)) {
                           push_refusal(member.path, cannot_be_written(*member.field));
                           return;
                       }
                       *pending = with(*record.table, *pending, *member.field, theirs);
                   });
    }
}

void NestedSteps::push_own(const NestedRecord& record, std::shared_ptr<Record> own, Doing doing) {
    const auto plan = [own, plan = doing.plan] { return plan(*own); };
    push({record.path, plan, [this, &record, own, doing](const WrittenRows& written) {
              if (written.count == 0 && doing.otherwise) {
                  push_own(record, own, {doing.otherwise, nullptr, doing.done});
                  return;
              }
              if (doing.call) {
                  push_calls(record, *own, doing, rows_of(written));
                  return;
              }
              bool is_first = true;
              for (const std::string& row : rows_of(written)) {
                  // What a key finds more than once counts as often.
                  if (!record.path.empty() && !std::exchange(is_first, false) &&
                      !has_room(record)) {
                      return;
                  }
                  doing.done(row);
                  push_members(record, row);
              }
          }});
}

/// Each of the rows that were found is changed by a call.
void NestedSteps::push_calls(const NestedRecord& record,
                             const Record& own,
                             const Doing& doing,
                             const std::vector<std::string>& rows) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (!has_room(record)) {
            return;
        }
    }
    for (const std::string& row : rows | std::views::reverse) {
        auto pending = std::make_shared<Record>(with_keys(*record.table, own, row));
        push_own(record, pending, {doing.call, nullptr, doing.done});
    }
}

/// One that is there is changed.
void NestedSteps::plan_change(const NestedTable& there,
                              const NestedRecord& record,
                              bool must_be_there,
                              Doing& doing) {
    if (!there.is_by_call(Use::Change)) {
        doing.plan = [&there, &record, must_be_there](const Record& own) {
            return change(there, record.by, own, must_be_there);
        };
        return;
    }
    doing.plan = [&there, &record, must_be_there](const Record& own) {
        Write found = look(there, *there.change(), record.by, own);
        return must_be_there ? required(std::move(found), shown(there.table(), record.by, own))
                             : std::move(found);
    };
    doing.call = change_in(there);
}

/// One that is there is changed, else it is made; as far as the role allows either.
void NestedSteps::plan_upsert(const NestedTable& there, const NestedRecord& record, Doing& doing) {
    if (there.change() == nullptr) {
        return;  // it is made, whether it is there or not
    }
    const bool may_insert = there.insert() != nullptr;
    plan_change(there, record, !may_insert, doing);
    doing.otherwise = may_insert ? insert_into(there) : PlanRecord();
}

/// A record that ours refers to, or that a third table joins with it.
void NestedSteps::push_other(const NestedMember& member, const NestedRecord& record, RowDone done) {
    const NestedTable& there = *member.table;
    Doing doing{insert_into(there), nullptr,
                [this, &member, &record, done = std::move(done)](std::string_view row) {
                    if (input_in(row, *member.ref_field).form == Input::Form::Null) {
                        push_refusal(record.path,
                                     "its field '" + member.ref_field->shown() +
                                         "' is NULL, so that nothing can refer to it.");
                        return;
                    }
                    done(row);
                }};
    if (record.way == Way::Find || record.way == Way::Release) {
        doing.plan = [&there, &record](const Record& own) {
            return where(there, record.by, own, [&](Condition found) {
                return required(there.find(std::move(found)), shown(there.table(), record.by, own));
            });
        };
    } else if (record.way == Way::Upsert) {
        plan_upsert(there, record, doing);
    }
    push_record(record, record.own, std::move(doing));
}

/// What refers to the record that `row` is of.
void NestedSteps::push_members(const NestedRecord& record, std::string_view row) {
    for (const bool releases : {false, true}) {  // what is given up makes room for the rest
        for (const NestedMember& member : record.members | std::views::reverse) {
            if (member.relation.form != Form::BelongsTo) {
                push_member(member, input_in(row, *member.field), releases);
            }
        }
    }
}

void NestedSteps::push_member(const NestedMember& member, const Input& ours, bool releases) {
    for (const NestedRecord& record : member.records | std::views::reverse) {
        if ((record.way == Way::Release) != releases) {
            continue;
        }
        if (!has_room(record)) {
            return;
        }
        if (ours.form == Input::Form::Null) {
            push_refusal(record.path, "field '" + member.field->shown() +
                                          "' of the record around it is NULL, so that nothing can "
                                          "refer to it.");
        } else if (member.junction) {
            push_linked(member, record, ours);
        } else if (releases) {
            push_release(member, record, ours);
        } else {
            push_child(member, record, ours);
        }
    }
}

/// A record that refers to ours.
void NestedSteps::push_child(const NestedMember& member,
                             const NestedRecord& record,
                             const Input& ours) {
    const NestedTable& there = *member.table;
    if (is_left_out(*member.ref_field, ours, record.way == Way::Insert)) {
        push_refusal(record.path, cannot_be_written(*member.ref_field));
        return;
    }
    Doing doing{insert_into(there), nullptr, [](std::string_view) {}};
    if (record.way == Way::Adopt) {
        plan_change(there, record, true, doing);
    } else if (record.way == Way::Upsert) {
        plan_upsert(there, record, doing);
    }
    push_record(record, with(there.table(), record.own, *member.ref_field, ours), std::move(doing));
}

/// Only a record that refers to ours now can be given up.
void NestedSteps::push_release(const NestedMember& member,
                               const NestedRecord& record,
                               const Input& ours) {
    const NestedTable& there = *member.table;
    const Column& link = *member.ref_field;
    std::vector<const Column*> by = record.by;
    std::erase(by, &link);
    const std::string identifier = shown(there.table(), by, record.own);
    by.push_back(&link);
    const Use use = record.is_deleted ? Use::Remove : Use::Change;
    const auto write_to = [&there, &record, &link](Condition found) {
        if (there.is_by_call(record.is_deleted ? Use::Remove : Use::Change)) {
            return (record.is_deleted ? there.remove() : there.change())
                ->update_where({}, std::move(found));  // a look
        }
        return record.is_deleted
                   ? there.remove()->remove_where(std::move(found))
                   : there.change()->update_where(with(there.table(), record.own, link, Input{}),
                                                  std::move(found));
    };
    const auto plan = [&there, &record, &link, by, identifier, ours, write_to] {
        Write write = where(there, by, with(there.table(), record.own, link, ours), write_to);
        if (!identifier.empty()) {
            write.identifier = identifier;
        }
        return write;
    };
    if (!there.is_by_call(use)) {
        push({record.path, plan, {}});
        return;
    }
    push({record.path, plan, [this, &there, &record, &link, use](const WrittenRows& found) {
              const Record own =
                  record.is_deleted ? Record() : with(there.table(), record.own, link, Input{});
              push_each(record.path, there, use, own, found);
          }});
}

/// A call for each of the rows that were found.
void NestedSteps::push_each(const std::string& path,
                            const NestedTable& there,
                            Use use,
                            const Record& own,
                            const WrittenRows& found) {
    for (const std::string& row : rows_of(found)) {
        push({path,
              [&there, use, record = with_keys(there.table(), own, row)] {
                  return TableCall{there.verb(use), &there, record};
              },
              {}});
    }
}

void NestedSteps::push_linked(const NestedMember& member,
                              const NestedRecord& record,
                              const Input& ours) {
    push_other(member, record, [this, &member, &record, ours](std::string_view row) {
        Record pair;
        pair.add(member.relation.junction_field, ours);
        pair.add(member.relation.junction_ref_field, input_in(row, *member.ref_field));
        if (record.way == Way::Release) {
            push_unlink(member, record, std::move(pair));
        } else {
            push_link(member, record, std::move(pair));
        }
    });
}

void NestedSteps::push_link(const NestedMember& member, const NestedRecord& record, Record pair) {
    const NestedTable& between = *member.junction;
    for (const Column* column : member.pair) {
        if (is_left_out(*column, *given(between.table(), pair, *column), true)) {
            push_refusal(record.path, "field '" + column->shown() + "' of table '" +
                                          between.table().name + "' cannot be written.");
            return;
        }
    }
    const auto find = [&between, &member, pair] {
        return where(between, member.pair, pair,
                     [&](Condition found) { return between.find(std::move(found)); });
    };
    push({record.path, find, [this, &between, &record, pair](const WrittenRows& written) {
              if (written.count == 0) {
                  push({record.path, [&between, pair] { return insert_into(between)(pair); }, {}});
              }
          }});
}

void NestedSteps::push_unlink(const NestedMember& member, const NestedRecord& record, Record pair) {
    const NestedTable& between = *member.junction;
    const bool is_by_call = between.is_by_call(Use::Remove);
    const auto remove = [&between, &member, &record, pair, is_by_call] {
        return where(between, member.pair, pair, [&](Condition found) {
            return required(is_by_call ? between.remove()->update_where({}, std::move(found))
                                       : between.remove()->remove_where(std::move(found)),
                            shown(*record.table, record.by, record.own));
        });
    };
    if (!is_by_call) {
        push({record.path, remove, {}});
        return;
    }
    push({record.path, remove, [this, &between, &record](const WrittenRows& found) {
              push_each(record.path, between, Use::Remove, Record(), found);
          }});
}

}  // namespace sluice::services::sql
