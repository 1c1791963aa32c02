# The texts of the waiting-room page in Japanese; what each is for stands in en.ftl, in the same order.
# In the polite form (です, ます).

## The frame of the page

room-name = 待合室
language = 言語
close = 閉じる

## Before the opening

early-headline = 受付はまだ始まっていません
early-when = 受付開始：{ DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }
early-explanation = このページを開いたままお待ちください。受付が始まると、自動的に順番をお取りします。再読み込みしても早く入れることはありません。
early-now-headline = まもなく受付を開始します
early-now-explanation = 少々お待ちください。自動的に順番をお取りします。
early-last-minute = あと1分以内に受付を開始します。
countdown-days = 日
countdown-hours = 時間
countdown-minutes = 分
countdown-seconds = 秒
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = 順番をお取りしています
joining-explanation = 少々お待ちください。

## Waiting

mark-waiting = 順番をお待ちいただいています
mark-near = まもなく順番です
mark-paused = 一時停止中
ahead-figure = { $ahead }
ahead-label = 人が前にお待ちです
next-figure = 次がお客様の番です
next-label = 前にお待ちの方はいません。
progress-label = 順番待ちの進み具合
progress-start = 並び始め
progress-end = お客様の番
number-label = お客様の番号
number-figure = { $number }
serving-label = 現在のご案内番号
serving-figure = { $serving }
wait-label = 待ち時間の目安

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = 1分未満
wait-minutes = 約{ $minutes }分
wait-hours = 約{ $hours }時間
wait-up-to-minutes = { $minutes }分以内
wait-up-to-hours = { $hours }時間以内
wait-range-minutes = 約{ $low }～{ $high }分
wait-range-hours = 約{ $low }～{ $high }時間
wait-range-minutes-hours = 約{ $low }分～{ $high }時間
wait-minutes-or-more = 約{ $minutes }分以上
wait-hours-or-more = 約{ $hours }時間以上
wait-long = { $hours }時間以上
wait-unclear = まだわかりません
wait-unknown = まだ計算できません
wait-on-hold = 一時停止中
wait-for-room = 空きが出るまで
wait-unread = …
sure-minutes = 10人中9人は{ $minutes }分以内に順番が来ています。
sure-hours = 10人中9人は{ $hours }時間以内に順番が来ています。
sure-rough = おおよその目安です。列の進み方が一定ではありません。
sure-unknown = 列がしばらく進むと、目安が表示されます。
sure-paused = 列が動き出すと、待ち時間も再び進みます。

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = 列は一時的に止まっています。順番はそのままです。
closed-note = 新しい受付は終了しました。お客様の順番はそのままです。
changed-held = サイトが混み合っているため、列の進みを抑えています。順番はそのままです。
changed-slower = 列の進みが前より遅くなったため、待ち時間が延びています。
changed-faster = 列の進みが前より速くなったため、待ち時間が短くなっています。
notice-carried = 別の端末から順番を引き継ぎました。
notice-carry-behind = そのリンクの順番はこちらの順番より後ろのため、こちらの順番をそのまま使います。
notice-carry-refused = そのリンクの順番はもう使えません。

## What happens next, under the figures while waiting

next-goes-on = 順番になると、このページが自動的にご案内します。
next-says-so = 順番になると、このページでお知らせします。
next-kept-minutes = そのときご不在でも、順番を{ $minutes }分間お取り置きします。
next-kept-hours = そのときご不在でも、順番を{ $hours }時間お取り置きします。
next-kept = そのときご不在でも、順番はお取り置きします。
hint-kept = 順番はこのブラウザに保存されています。ページを再読み込みしたり、閉じてから戻ったりできます。
hint-fragile = このブラウザには何も保存されません。ページを閉じたり再読み込みしたりすると、順番が失われます。開いたままにするか、順番を別の端末に移してください。

## Your turn

turn-headline = お客様の番です
turn-explanation = ただいまご案内しています…
door-headline = 入口でお待ちください
door-paused = 現在ご案内を止めています。再開しだい、お入りいただけます。
door-full = 順番になりましたが、ただいまサイトが満員です。空きが出しだい、お入りいただけます。
take-by-label = 順番のお取り置き、残り
admitted-going = ご案内しています…
admitted-held = 進むには「続ける」を選んでください。
admitted-elsewhere = 別のタブでご案内しています。このタブで進むには「続ける」を選んでください。
admitted-here = お入りいただけます。
admission-label = 入場の有効時間、残り
continue = 続ける

## The place is gone

reset-headline = 列が新しくなりました
reset-explanation = 主催者がこの列をやり直したため、以前の順番は無効になりました。新しい列にお並びいただけます。
expired-headline = 順番の有効期限が切れました
expired-explanation = お客様の番号をお呼びしましたが、時間内にご利用がありませんでした。列の最後にもう一度お並びいただけます。
expired-minutes = お客様の番号{ $number }をお呼びして{ $minutes }分間お取り置きしましたが、その間にご利用がありませんでした。列の最後にもう一度お並びいただけます。
expired-hours = お客様の番号{ $number }をお呼びして{ $hours }時間お取り置きしましたが、その間にご利用がありませんでした。列の最後にもう一度お並びいただけます。
left-headline = 列を離れました
left-explanation = 順番は取り消されました。やはり入りたい場合は、列の最後にもう一度お並びいただけます。
ended-headline = ご利用は終了しました
ended-explanation = この順番でのご利用はすでに終了しています。もう一度入るには、列に並び直してください。
over-headline = 入場の有効時間が終わりました
over-explanation = 入場後の制限時間が終わりました。もう一度入るには、列に並び直してください。
again = もう一度並ぶ

## There is no line to be in

closed-headline = この列は受付を停止しています
closed-explanation = 現在、新しい受付はしていません。このページを開いたままにしておくと、受付が始まったときに順番をお取りします。
soldout-headline = 完売しました
soldout-explanation = すべて完売したため、受付を終了しました。
soldout-kept = すべて完売したため、これ以上のご案内はありません。申し訳ございません。状況が変わる場合に備えて、お客様の番号{ $number }はそのまま残ります。
unknown-headline = ここに列はありません
unknown-explanation = アドレスが間違っているか、イベントが終了した可能性があります。リンク元をご確認ください。
astray-headline = ここからはご案内できません
astray-explanation = このページは元のサイトにつながっていないか、長時間開いたままになっていました。元のサイトに戻って、もう一度お試しください。

## How things stand between page and server

fresh-connecting = 接続しています…
fresh-now = たった今更新しました
fresh-seconds = { $seconds }秒前に更新しました
fresh-minutes = { $minutes }分前に更新しました
fresh-rarely = このページは30秒ごとに確認します。
trouble-offline = 接続が切れました。再試行しています…
trouble-busy = ただいま大変混み合っています。再試行しています…
trouble-offline-kept = 接続が切れました。順番はそのままです。再試行しています…
trouble-busy-kept = ただいま大変混み合っています。順番はそのままです。再試行しています…

## From the organiser

message-label = 主催者からのお知らせ

## Tell me when it's my turn

call-button = 順番になったら知らせる
call-explanation = このページを開いたまま、ほかのことをしてお待ちください。順番になるとお知らせし、自動的に進みます。
call-sound = 音を鳴らす
call-vibration = バイブレーション
call-notification = 通知を表示する
call-screen = 画面をつけたままにする
call-try = 音を試す
call-notification-refused = ブラウザがこのページの通知を許可していません。ブラウザの設定で変更できます。
call-screen-refused = 端末の設定により、画面をつけたままにできません。
call-notice = お客様の番です
call-notice-text = { $title }：お入りいただけます。

## Take my place to another device

device-button = 順番を別の端末に移す
device-explanation = 別の端末でコードを読み取るか、リンクを開いてください。こちらの順番もそのまま使えます。
device-warning = このリンクを持つ人は、お客様の順番を使えます。だれにも渡さないでください。
device-code = 順番へのリンクのQRコード
device-link = 順番へのリンク
device-copy = リンクをコピー
device-copied = コピーしました
device-not-copied = リンクを選択しました。ここからコピーしてください。
device-share = 共有…
device-share-title = 私の順番：{ $title }

## Leave the line

leave-button = 列を離れる
leave-headline = 列を離れますか？
leave-explanation = 番号{ $number }は完全に取り消されます。もう一度入るには、列の最後に並び直す必要があります。
leave-confirm = 順番を取り消す
leave-stay = 列に残る
leave-failed = うまくいきませんでした。まだ列に並んでいます。もう一度お試しください。

## Told to screen readers, when it changes

spoken-number = お客様の番号は{ $number }です。
spoken-crowd = 前にお待ちの方は{ $people }人未満です。
spoken-next = 次がお客様の番です。

## The page without JavaScript: what it says besides the above

plain-opens = 受付開始：{ DATETIME($at, dateStyle: "full", timeStyle: "short") }（UTC）
plain-opens-days = 約{ $days }日後です。
plain-opens-hours = 約{ $hours }時間後です。
plain-opens-minutes = 約{ $minutes }分後です。
plain-opens-now = あと1分以内です。
plain-looks = このページは{ $seconds }秒後に自動的に更新されます。
plain-rests = このページの自動更新は止まっています。
plain-look = 今すぐ更新
plain-rest = 自動更新を止める
plain-go-on = 自動更新を再開する
plain-cookies-headline = このブラウザはCookieを保存していません
plain-cookies-explanation = JavaScriptを使わない場合、順番はCookieにしか保存できませんが、このブラウザからCookieが返されませんでした。このサイトのCookieを許可するか、JavaScriptを有効にして、もう一度お試しください。
plain-try-again = もう一度試す

## Pages that say why there is no waiting room

sorry-later-headline = 少々お待ちください
sorry-later-explanation = ただいま待合室が応答できません。このページは{ $seconds }秒後に自動的に再試行します。早めに再読み込みしても、早く入れることはありません。
sorry-return-explanation = お使いのリンクは、この待合室からはご案内できないアドレスを指しています。元のサイトに戻って、もう一度お試しください。
sorry-unknown-headline = この待合室はありません
sorry-unknown-explanation = リンクをご確認いただくか、元のサイトに戻って、もう一度お試しください。
sorry-other-headline = ここから並ぶことはできません
sorry-other-explanation = 元のサイトに戻って、もう一度お試しください。
sorry-sign-in-explanation = 元のサイトから、この待合室では対応できない要求がありました。元のサイトに戻って、もう一度お試しください。
sorry-sign-in-why = サイトの管理者の方へ：
sorry-signed-out-explanation = 順番は返却されました。このページは閉じてかまいません。
