foreach ($event['response']['content']['resource'] as &$row) {
    $row['full_name'] = $row['name'];
    unset($row['name']);
}
unset($row);
