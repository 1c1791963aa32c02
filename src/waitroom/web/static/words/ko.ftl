# The texts of the waiting-room page in Korean; what each is for stands in en.ftl, in the same order.
# In the formal polite form (습니다, 세요).

## The frame of the page

room-name = 대기실
language = 언어
close = 닫기

## Before the opening

early-headline = 아직 대기가 시작되지 않았습니다
early-when = { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }에 시작됩니다.
early-explanation = 이 페이지를 열어 두세요. 시작되면 자동으로 순번을 받습니다. 새로고침해도 더 빨리 들어갈 수는 없습니다.
early-now-headline = 대기를 시작합니다
early-now-explanation = 잠시 후 자동으로 순번을 받습니다.
early-last-minute = 1분 안에 대기가 시작됩니다.
countdown-days = 일
countdown-hours = 시간
countdown-minutes = 분
countdown-seconds = 초
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = 순번을 받고 있습니다
joining-explanation = 잠시만 기다려 주세요.

## Waiting

mark-waiting = 대기 중입니다
mark-near = 곧 차례입니다
mark-paused = 일시 중지됨
ahead-figure = { $ahead }
ahead-label = 명이 앞에 있습니다
next-figure = 다음 차례입니다
next-label = 앞에 기다리는 분이 없습니다.
progress-label = 대기 진행 상황
progress-start = 대기 시작
progress-end = 내 차례
number-label = 내 순번
number-figure = { $number }
serving-label = 현재 순번
serving-figure = { $serving }
wait-label = 예상 대기 시간

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = 1분 미만
wait-minutes = 약 { $minutes }분
wait-hours = 약 { $hours }시간
wait-up-to-minutes = 최대 { $minutes }분
wait-up-to-hours = 최대 { $hours }시간
wait-range-minutes = 약 { $low }~{ $high }분
wait-range-hours = 약 { $low }~{ $high }시간
wait-range-minutes-hours = 약 { $low }분~{ $high }시간
wait-minutes-or-more = 약 { $minutes }분 이상
wait-hours-or-more = 약 { $hours }시간 이상
wait-long = { $hours }시간 이상
wait-unclear = 아직 알기 어렵습니다
wait-unknown = 아직 알 수 없습니다
wait-on-hold = 일시 중지됨
wait-for-room = 자리가 날 때까지
wait-unread = …
sure-minutes = 10명 중 9명은 { $minutes }분 안에 차례가 됩니다.
sure-hours = 10명 중 9명은 { $hours }시간 안에 차례가 됩니다.
sure-rough = 대략적인 예상입니다. 줄이 일정하게 줄어들지 않고 있습니다.
sure-unknown = 줄이 어느 정도 움직이면 예상 시간이 표시됩니다.
sure-paused = 줄이 다시 움직이면 대기 시간도 이어집니다.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = 줄이 잠시 멈췄습니다. 순번은 그대로 유지됩니다.
closed-note = 더 이상 새로 대기를 받지 않습니다. 순번은 그대로 유지됩니다.
changed-held = 사이트가 혼잡해 줄이 잠시 천천히 움직이고 있습니다. 순번은 그대로 유지됩니다.
changed-slower = 줄이 전보다 느리게 움직여 대기 시간이 길어졌습니다.
changed-faster = 줄이 전보다 빠르게 움직여 대기 시간이 짧아졌습니다.
notice-carried = 다른 기기에서 순번을 가져왔습니다.
notice-carry-behind = 그 링크의 순번이 여기 순번보다 뒤라서 여기 순번을 그대로 사용합니다.
notice-carry-refused = 그 링크의 순번은 더 이상 유효하지 않습니다.

## What happens next, under the figures while waiting

next-goes-on = 차례가 되면 이 페이지가 자동으로 이동합니다.
next-says-so = 차례가 되면 이 페이지에서 알려 드립니다.
next-kept-minutes = 그때 자리를 비우셨더라도 순번을 { $minutes }분 동안 보관합니다.
next-kept-hours = 그때 자리를 비우셨더라도 순번을 { $hours }시간 동안 보관합니다.
next-kept = 그때 자리를 비우셨더라도 순번을 보관합니다.
hint-kept = 순번은 이 브라우저에 저장되어 있습니다. 페이지를 새로고침하거나 닫았다가 다시 오셔도 됩니다.
hint-fragile = 이 브라우저는 아무것도 저장하지 않습니다. 페이지를 닫거나 새로고침하면 순번을 잃습니다. 페이지를 열어 두거나 순번을 다른 기기로 옮기세요.

## Your turn

turn-headline = 차례가 되었습니다
turn-explanation = 입장을 준비하고 있습니다…
door-headline = 입구에 도착했습니다
door-paused = 지금은 아무도 입장하지 않습니다. 다시 시작되면 바로 입장합니다.
door-full = 차례가 되었지만 지금 사이트가 가득 찼습니다. 자리가 나면 바로 입장합니다.
take-by-label = 순번 보관 남은 시간
admitted-going = 이동하고 있습니다…
admitted-held = 입장하려면 ‘계속’을 선택하세요.
admitted-elsewhere = 입장이 허용되어 다른 탭에서 진행되고 있습니다. 이 탭에서 입장하려면 ‘계속’을 선택하세요.
admitted-here = 입장하실 수 있습니다.
admission-label = 입장 유효 남은 시간
continue = 계속

## The place is gone

reset-headline = 줄이 새로 시작되었습니다
reset-explanation = 주최자가 이 줄을 초기화해 이전 순번은 더 이상 유효하지 않습니다. 새 줄에 서실 수 있습니다.
expired-headline = 순번이 만료되었습니다
expired-explanation = 순번이 호출되었지만 제때 사용되지 않았습니다. 줄 맨 뒤에 다시 서실 수 있습니다.
expired-minutes = 순번 { $number }번이 호출되어 { $minutes }분 동안 보관되었지만 그 시간 안에 사용되지 않았습니다. 줄 맨 뒤에 다시 서실 수 있습니다.
expired-hours = 순번 { $number }번이 호출되어 { $hours }시간 동안 보관되었지만 그 시간 안에 사용되지 않았습니다. 줄 맨 뒤에 다시 서실 수 있습니다.
left-headline = 줄에서 나오셨습니다
left-explanation = 순번이 취소되었습니다. 그래도 입장을 원하시면 줄 맨 뒤에 다시 서실 수 있습니다.
ended-headline = 이용이 끝났습니다
ended-explanation = 이 순번으로 이미 입장하셨고 이용이 끝났습니다. 다시 오시려면 줄에 다시 서 주세요.
over-headline = 입장 시간이 끝났습니다
over-explanation = 입장하셨고 주어진 시간이 끝났습니다. 다시 오시려면 줄에 다시 서 주세요.
again = 줄에 다시 서기

## There is no line to be in

closed-headline = 이 줄은 닫혀 있습니다
closed-explanation = 지금은 새로 받지 않습니다. 이 페이지를 열어 두시면 줄이 열릴 때 순번을 받습니다.
soldout-headline = 매진되었습니다
soldout-explanation = 모두 매진되어 더 이상 대기를 받지 않습니다.
soldout-kept = 모두 매진되어 더 이상 입장하실 수 없습니다. 죄송합니다. 상황이 바뀔 경우를 위해 순번 { $number }번은 그대로 유지됩니다.
unknown-headline = 여기에는 줄이 없습니다
unknown-explanation = 주소가 잘못되었거나 이벤트가 끝났을 수 있습니다. 들어오신 링크를 확인해 주세요.
astray-headline = 여기에서는 안내해 드릴 수 없습니다
astray-explanation = 이 페이지는 원래 오신 곳으로 연결되지 않거나 너무 오래 열려 있었습니다. 그곳으로 돌아가 다시 시도해 주세요.

## How things stand between page and server

fresh-connecting = 연결하고 있습니다…
fresh-now = 방금 업데이트됨
fresh-seconds = { $seconds }초 전에 업데이트됨
fresh-minutes = { $minutes }분 전에 업데이트됨
fresh-rarely = 이 페이지는 30초마다 다시 확인합니다.
trouble-offline = 연결이 끊겼습니다. 다시 시도하고 있습니다…
trouble-busy = 지금 매우 혼잡합니다. 다시 시도하고 있습니다…
trouble-offline-kept = 연결이 끊겼습니다. 순번은 안전합니다. 다시 시도하고 있습니다…
trouble-busy-kept = 지금 매우 혼잡합니다. 순번은 안전합니다. 다시 시도하고 있습니다…

## From the organiser

message-label = 주최자 안내

## Tell me when it's my turn

call-button = 내 차례가 되면 알려 주기
call-explanation = 이 페이지를 열어 두고 그동안 다른 일을 하세요. 차례가 되면 알려 드리고 자동으로 이동합니다.
call-sound = 소리 재생
call-vibration = 진동
call-notification = 알림 표시
call-screen = 화면 켜 두기
call-try = 지금 들어 보기
call-notification-refused = 브라우저가 이 페이지의 알림을 허용하지 않습니다. 브라우저 설정에서 바꿀 수 있습니다.
call-screen-refused = 기기가 이 페이지의 화면 켜 두기를 허용하지 않습니다.
call-notice = 차례가 되었습니다
call-notice-text = { $title }: 입장하실 수 있습니다.

## Take my place to another device

device-button = 순번을 다른 기기로 옮기기
device-explanation = 다른 기기로 코드를 스캔하거나 거기에서 링크를 여세요. 순번은 여기에서도 계속 유효합니다.
device-warning = 이 링크를 가진 사람은 누구나 순번을 사용할 수 있습니다. 아무에게도 주지 마세요.
device-code = 순번 링크가 담긴 QR 코드
device-link = 순번 링크
device-copy = 링크 복사
device-copied = 복사됨
device-not-copied = 링크가 선택되었습니다. 여기에서 복사하세요.
device-share = 공유…
device-share-title = 내 대기 순번: { $title }

## Leave the line

leave-button = 줄에서 나가기
leave-headline = 줄에서 나가시겠습니까?
leave-explanation = 순번 { $number }번은 완전히 취소됩니다. 다시 오시려면 줄 맨 뒤에 서야 합니다.
leave-confirm = 순번 포기
leave-stay = 계속 기다리기
leave-failed = 처리되지 않았습니다. 아직 줄에 서 계십니다. 다시 시도해 주세요.

## Told to screen readers, when it changes

spoken-number = 순번은 { $number }번입니다.
spoken-crowd = 앞에 { $people }명 미만이 있습니다.
spoken-next = 다음 차례입니다.

## The page without JavaScript: what it says besides the above

plain-opens = { DATETIME($at, dateStyle: "full", timeStyle: "short") }(UTC)에 시작됩니다.
plain-opens-days = 약 { $days }일 뒤입니다.
plain-opens-hours = 약 { $hours }시간 뒤입니다.
plain-opens-minutes = 약 { $minutes }분 뒤입니다.
plain-opens-now = 1분도 남지 않았습니다.
plain-looks = 이 페이지는 { $seconds }초 뒤에 자동으로 새로고침됩니다.
plain-rests = 이 페이지는 더 이상 자동으로 새로고침되지 않습니다.
plain-look = 지금 새로고침
plain-rest = 자동 새로고침 멈추기
plain-go-on = 자동 새로고침 다시 시작
plain-cookies-headline = 이 브라우저는 쿠키를 저장하지 않습니다
plain-cookies-explanation = JavaScript가 없으면 순번을 쿠키에만 저장할 수 있는데, 이 브라우저가 쿠키를 돌려보내지 않았습니다. 이 사이트의 쿠키를 허용하거나 JavaScript를 켠 뒤 다시 시도해 주세요.
plain-try-again = 다시 시도

## Pages that say why there is no waiting room

sorry-later-headline = 잠시만 기다려 주세요
sorry-later-explanation = 지금 대기실이 응답할 수 없습니다. 이 페이지는 { $seconds }초 뒤에 자동으로 다시 시도합니다. 더 일찍 새로고침해도 더 빨리 들어갈 수는 없습니다.
sorry-return-explanation = 사용하신 링크는 이 대기실이 연결하지 않는 주소를 가리킵니다. 원래 사이트로 돌아가 다시 시도해 주세요.
sorry-unknown-headline = 이 대기실은 존재하지 않습니다
sorry-unknown-explanation = 링크를 확인하거나 원래 사이트로 돌아가 다시 시도해 주세요.
sorry-other-headline = 여기에서는 줄을 설 수 없습니다
sorry-other-explanation = 원래 사이트로 돌아가 다시 시도해 주세요.
sorry-sign-in-explanation = 원래 사이트가 이 대기실이 처리할 수 없는 요청을 보냈습니다. 그곳으로 돌아가 다시 시도해 주세요.
sorry-sign-in-why = 해당 사이트 관리자께:
sorry-signed-out-explanation = 순번이 반환되었습니다. 이 페이지를 닫으셔도 됩니다.
