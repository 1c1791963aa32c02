# The texts of the waiting-room page in Chinese, simplified; what each is for stands in en.ftl, in the same order.
# Visitors are addressed as 您.

## The frame of the page

room-name = 等候室
language = 语言
close = 关闭

## Before the opening

early-headline = 排队尚未开始
early-when = 开始时间：{ DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }
early-explanation = 请保持此页面打开：排队开始时，您会自动获得一个位置。刷新页面不会让您更早进入。
early-now-headline = 排队即将开始
early-now-explanation = 片刻之后，您会自动获得一个位置。
early-last-minute = 排队将在一分钟内开始。
countdown-days = 天
countdown-hours = 小时
countdown-minutes = 分钟
countdown-seconds = 秒
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = 正在为您取号
joining-explanation = 请稍候片刻。

## Waiting

mark-waiting = 您正在排队
mark-near = 快轮到您了
mark-paused = 已暂停
ahead-figure = { $ahead }
ahead-label = 人排在您前面
next-figure = 下一位就是您
next-label = 您前面没有人了。
progress-label = 您的排队进度
progress-start = 开始排队
progress-end = 轮到您
number-label = 您的号码
number-figure = { $number }
serving-label = 当前叫到
serving-figure = { $serving }
wait-label = 预计等待时间

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = 不到 1 分钟
wait-minutes = 约 { $minutes } 分钟
wait-hours = 约 { $hours } 小时
wait-up-to-minutes = 最多 { $minutes } 分钟
wait-up-to-hours = 最多 { $hours } 小时
wait-range-minutes = 约 { $low } 至 { $high } 分钟
wait-range-hours = 约 { $low } 至 { $high } 小时
wait-range-minutes-hours = 约 { $low } 分钟至 { $high } 小时
wait-minutes-or-more = 约 { $minutes } 分钟或更久
wait-hours-or-more = 约 { $hours } 小时或更久
wait-long = 超过 { $hours } 小时
wait-unclear = 尚不明确
wait-unknown = 暂时未知
wait-on-hold = 已暂停
wait-for-room = 直到有空位
wait-unread = …
sure-minutes = 十人中有九人等待不超过 { $minutes } 分钟。
sure-hours = 十人中有九人等待不超过 { $hours } 小时。
sure-rough = 这只是粗略估计：队伍前进的速度不均匀。
sure-unknown = 队伍前进一段时间后会显示预计时间。
sure-paused = 队伍恢复前进后，等待将继续。

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = 队伍暂时停止前进。您的位置会保留。
closed-note = 队伍不再接受新的排队者。您的位置会保留。
changed-held = 网站目前繁忙，队伍暂时放慢。您的位置会保留。
changed-slower = 队伍前进得比之前慢，因此等待时间变长。
changed-faster = 队伍前进得比之前快，因此等待时间缩短。
notice-carried = 您的位置已从另一台设备转到这里。
notice-carry-behind = 该链接中的位置比您在这里的位置靠后，因此保留您现有的位置。
notice-carry-refused = 该链接中的位置已失效。

## What happens next, under the figures while waiting

next-goes-on = 轮到您时，此页面会自动带您进入。
next-says-so = 轮到您时，此页面会通知您。
next-kept-minutes = 如果届时您不在，您的位置会保留 { $minutes } 分钟。
next-kept-hours = 如果届时您不在，您的位置会保留 { $hours } 小时。
next-kept = 如果届时您不在，您的位置会为您保留。
hint-kept = 您的位置已保存在此浏览器中：您可以刷新此页面，或关闭后再回来。
hint-fragile = 此浏览器不保存任何内容：关闭或刷新此页面会失去您的位置。请保持页面打开，或将您的位置转到另一台设备。

## Your turn

turn-headline = 轮到您了
turn-explanation = 正在为您开门…
door-headline = 您已到门口
door-paused = 目前暂停进入。队伍恢复后您即可进入。
door-full = 已经轮到您，但网站暂时已满。一有空位您即可进入。
take-by-label = 您的位置还将保留
admitted-going = 正在带您前往…
admitted-held = 请选择“继续”进入。
admitted-elsewhere = 您已获准进入，正在另一个标签页中继续。如要在此标签页中进入，请选择“继续”。
admitted-here = 您可以进入了。
admission-label = 您的准入还有效
continue = 继续

## The place is gone

reset-headline = 队伍已重新开始
reset-explanation = 主办方已重置此队伍，之前的位置不再有效。您可以加入新的队伍。
expired-headline = 您的位置已过期
expired-explanation = 已叫到您的号码，但未在规定时间内使用。您可以重新排到队尾。
expired-minutes = 您的号码 { $number } 已被叫到并保留了 { $minutes } 分钟，但在此期间未使用。您可以重新排到队尾。
expired-hours = 您的号码 { $number } 已被叫到并保留了 { $hours } 小时，但在此期间未使用。您可以重新排到队尾。
left-headline = 您已离开队伍
left-explanation = 您的位置已放弃。如果仍想进入，可以重新排到队尾。
ended-headline = 您的访问已结束
ended-explanation = 您已凭此位置进入过，那次访问已经结束。如要再次进入，请重新排队。
over-headline = 您的准入已到期
over-explanation = 您曾获准进入，规定的时间已经结束。如要再次进入，请重新排队。
again = 重新排队

## There is no line to be in

closed-headline = 此队伍已关闭
closed-explanation = 目前不接受新的排队者。请保持此页面打开：队伍开放时您会获得一个位置。
soldout-headline = 已售罄
soldout-explanation = 全部售罄，因此队伍不再接受新的排队者。
soldout-kept = 全部售罄，因此不再放行。非常抱歉。如有变化，您的号码 { $number } 仍会保留。
unknown-headline = 这里没有队伍
unknown-explanation = 网址可能有误，或活动已经结束。请检查您打开的链接。
astray-headline = 无法从这里带您前往
astray-explanation = 此页面无法通往您来时的网站，或打开的时间过长。请返回那里重试。

## How things stand between page and server

fresh-connecting = 正在连接…
fresh-now = 刚刚更新
fresh-seconds = { $seconds } 秒前更新
fresh-minutes = { $minutes } 分钟前更新
fresh-rarely = 此页面每半分钟重新查看一次。
trouble-offline = 连接已断开。正在重试…
trouble-busy = 目前非常繁忙。正在重试…
trouble-offline-kept = 连接已断开。您的位置不会丢失。正在重试…
trouble-busy-kept = 目前非常繁忙。您的位置不会丢失。正在重试…

## From the organiser

message-label = 主办方消息

## Tell me when it's my turn

call-button = 轮到我时提醒我
call-explanation = 请保持此页面打开，其间可以去做别的事。轮到您时，它会提醒您并自动继续。
call-sound = 播放声音
call-vibration = 振动
call-notification = 显示通知
call-screen = 保持屏幕常亮
call-try = 试听
call-notification-refused = 您的浏览器不允许此页面显示通知。您可以在浏览器设置中更改。
call-screen-refused = 您的设备不允许此页面保持屏幕常亮。
call-notice = 轮到您了
call-notice-text = { $title }：您可以进入了。

## Take my place to another device

device-button = 将我的位置转到另一台设备
device-explanation = 用另一台设备扫描二维码，或在那里打开链接。您的位置在这里仍然有效。
device-warning = 拥有此链接的人就拥有您的位置。请勿交给他人。
device-code = 包含您位置链接的二维码
device-link = 您位置的链接
device-copy = 复制链接
device-copied = 已复制
device-not-copied = 链接已选中：请从这里复制。
device-share = 分享…
device-share-title = 我的排队位置：{ $title }

## Leave the line

leave-button = 离开队伍
leave-headline = 要离开队伍吗？
leave-explanation = 您的号码 { $number } 将永久放弃。如要回来，需要重新排到队尾。
leave-confirm = 放弃我的位置
leave-stay = 继续排队
leave-failed = 操作未成功，您仍在队伍中。请重试。

## Told to screen readers, when it changes

spoken-number = 您的排队号码是 { $number }。
spoken-crowd = 您前面不到 { $people } 人。
spoken-next = 下一位就是您。

## The page without JavaScript: what it says besides the above

plain-opens = 开始时间：{ DATETIME($at, dateStyle: "full", timeStyle: "short") }（UTC）。
plain-opens-days = 大约还有 { $days } 天。
plain-opens-hours = 大约还有 { $hours } 小时。
plain-opens-minutes = 大约还有 { $minutes } 分钟。
plain-opens-now = 还有不到一分钟。
plain-looks = 此页面将在 { $seconds } 秒后自动刷新。
plain-rests = 此页面不再自动刷新。
plain-look = 立即刷新
plain-rest = 停止自动刷新
plain-go-on = 恢复自动刷新
plain-cookies-headline = 此浏览器不保存 Cookie
plain-cookies-explanation = 没有 JavaScript 时，您的排队位置只能保存在 Cookie 中，而此浏览器没有将其发回。请允许本网站使用 Cookie，或启用 JavaScript，然后重试。
plain-try-again = 重试

## Pages that say why there is no waiting room

sorry-later-headline = 请稍候
sorry-later-explanation = 等候室暂时无法响应。此页面将在 { $seconds } 秒后自动重试；提前刷新不会让您更快进入。
sorry-return-explanation = 您打开的链接指向此等候室无法通往的地址。请返回来时的网站重试。
sorry-unknown-headline = 没有这个等候室
sorry-unknown-explanation = 请检查链接，或返回来时的网站重试。
sorry-other-headline = 您无法从这里加入排队
sorry-other-explanation = 请返回来时的网站重试。
sorry-sign-in-explanation = 来时的网站提出了此等候室无法响应的请求。请返回该网站重试。
sorry-sign-in-why = 致该网站的维护人员：
sorry-signed-out-explanation = 您的位置已归还。您可以关闭此页面。
