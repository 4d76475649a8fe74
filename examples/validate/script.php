<?php
// db._table.employees.post.pre_process, type php
// One record, a list of them, or either under "resource": all that a client may send.
$body = $event['request']['payload'];
$records = $body['resource'] ?? $body;
foreach (array_is_list($records) ? $records : [$records] as $record) {
    if (!array_key_exists('first_name', $record)) {
        throw new \Exception('Missing first_name.');
    }
    if (!array_key_exists('hire_date', $record)) {
        throw new \Exception('Missing hire_date.');
    }
    if (($record['salary'] ?? 0) <= 0) {
        throw new \DreamFactory\Core\Exceptions\BadRequestException('Annual salary must be > 0');
    }
}
