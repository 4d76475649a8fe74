<?php
// db._table.employees.get.post_process, type php, with allow_event_modification
foreach ($event['response']['content']['resource'] ?? [] as $n => $record) {
    if (isset($record['first_name'], $record['last_name'])) {
        $record['name'] = $record['first_name'] . ' ' . $record['last_name'];
    }
    unset($record['first_name'], $record['last_name'], $record['hire_date']);
    $event['response']['content']['resource'][$n] = $record;
}
