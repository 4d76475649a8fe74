<?php
// db._table.employees.post.pre_process, type php
foreach ($event['request']['payload']['resource'] ?? [] as $record) {
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
