<?php
// Asked by refresh.py in a domain's own PHP: compiled scripts are forgotten, while requests under way keep theirs.
if (!extension_loaded('Zend OPcache')) {
    echo 'done';
} elseif (function_exists('opcache_reset')) {
    // False where it is switched off: then nothing is remembered.
    opcache_reset();
    $status = function_exists('opcache_get_status') ? @opcache_get_status(false) : false;
    echo $status && $status['opcache_enabled'] && empty($status['restart_pending']) && empty($status['restart_in_progress'])
        ? 'refused' : 'done';
}
