<?php
// db._table.employees.post.pre_process, type php
// One record, a list of them, or either under "resource": all that a client may send.
use DreamFactory\Core\Exceptions\BadRequestException;

$body = $event['request']['payload'];
$records = $body['resource'] ?? $body;
foreach (is_array($records) && array_is_list($records) ? $records : [$records] as $record) {
    foreach (['first_name', 'hire_date'] as $field) {
        if (empty($record[$field])) {
            throw new BadRequestException("Missing $field.");
        }
    }
    if (($record['salary'] ?? 0) <= 0) {
        throw new BadRequestException('Annual salary must be > 0');
    }
}
