/** WEB-03: read after the server's own settings, by the domain's own PHP alone. Empty of settings at first. */
export const firstPhpIni = `; このドメインの PHP の設定です。ここに書いた値が、サーバの標準の設定より優先されます。
; 変更は PHP が次に起動したとき (アクセスが 1 分ほど途切れたあと) に反映されます。
;
; 例:
; memory_limit = 256M
; upload_max_filesize = 200M
; post_max_size = 208M
; date.timezone = Asia/Tokyo
`
