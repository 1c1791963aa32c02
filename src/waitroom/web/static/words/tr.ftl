# The texts of the waiting-room page in Turkish; what each is for stands in en.ftl, in the same order.
# Visitors are addressed as "siz".

## The frame of the page

room-name = Bekleme odası
language = Dil
close = Kapat

## Before the opening

early-headline = Sıra henüz açılmadı
early-when = Açılış: { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = Bu sayfayı açık tutun: sıra açıldığında size kendiliğinden bir yer verilir. Sayfayı yenilemek sizi daha erken içeri almaz.
early-now-headline = Sıra açılıyor
early-now-explanation = Birazdan yeriniz kendiliğinden verilecek.
early-last-minute = Sıra bir dakikadan kısa süre içinde açılıyor.
countdown-days = gün
countdown-hours = saat
countdown-minutes = dakika
countdown-seconds = saniye
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = Sıradaki yeriniz alınıyor
joining-explanation = Bu yalnızca bir an sürer.

## Waiting

mark-waiting = Sıradasınız
mark-near = Az kaldı
mark-paused = Beklemede
ahead-figure = { $ahead }
ahead-label = kişi önünüzde
next-figure = Sıradaki sizsiniz
next-label = Önünüzde kimse kalmadı.
progress-label = Sıradaki ilerleyişiniz
progress-start = Katıldınız
progress-end = Sıranız
number-label = Numaranız
number-figure = { $number }
serving-label = Çağrılan numara
serving-figure = { $serving }
wait-label = Tahmini bekleme

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = bir dakikadan az
wait-minutes = yaklaşık { $minutes } dakika
wait-hours = yaklaşık { $hours } saat
wait-up-to-minutes = en fazla { $minutes } dakika
wait-up-to-hours = en fazla { $hours } saat
wait-range-minutes = yaklaşık { $low } ile { $high } dakika arası
wait-range-hours = yaklaşık { $low } ile { $high } saat arası
wait-range-minutes-hours = yaklaşık { $low } dakika ile { $high } saat arası
wait-minutes-or-more = yaklaşık { $minutes } dakika veya daha fazla
wait-hours-or-more = yaklaşık { $hours } saat veya daha fazla
wait-long = { $hours } saatten fazla
wait-unclear = henüz belli değil
wait-unknown = henüz bilinmiyor
wait-on-hold = beklemede
wait-for-room = yer açılana kadar
wait-unread = …
sure-minutes = On kişiden dokuzu en fazla { $minutes } dakika bekler.
sure-hours = On kişiden dokuzu en fazla { $hours } saat bekler.
sure-rough = Bu kaba bir tahmin: sıra düzenli ilerlemiyor.
sure-unknown = Sıra bir süre ilerledikten sonra bir tahmin görünür.
sure-paused = Sıra ilerlemeye başlayınca bekleme süresi de işler.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = Sıra kısa bir süre durduruldu. Yeriniz sizde kalır.
closed-note = Sıraya artık yeni kimse alınmıyor. Yeriniz sizde kalır.
changed-held = Site yoğun olduğu için sıra şu anda yavaşlatıldı. Yeriniz sizde kalır.
changed-slower = Sıra öncekinden yavaş ilerliyor, bu yüzden bekleme uzadı.
changed-faster = Sıra öncekinden hızlı ilerliyor, bu yüzden bekleme kısaldı.
notice-carried = Yeriniz diğer cihazınızdan buraya geldi.
notice-carry-behind = Bağlantıdaki yer buradakinden daha geride, bu yüzden buradaki yeriniz sizde kalıyor.
notice-carry-refused = Bağlantıdaki yer artık geçerli değil.

## What happens next, under the figures while waiting

next-goes-on = Sıra size geldiğinde bu sayfa sizi kendiliğinden içeri götürür.
next-says-so = Sıra size geldiğinde bu sayfa size haber verir.
next-kept-minutes = O sırada burada değilseniz yeriniz { $minutes } dakika saklanır.
next-kept-hours = O sırada burada değilseniz yeriniz { $hours } saat saklanır.
next-kept = O sırada burada değilseniz yeriniz sizin için saklanır.
hint-kept = Yeriniz bu tarayıcıda saklanıyor: bu sayfayı yenileyebilir ya da kapatıp sonra geri gelebilirsiniz.
hint-fragile = Bu tarayıcı hiçbir şey saklamıyor: bu sayfayı kapatır veya yenilerseniz yerinizi kaybedersiniz. Sayfayı açık tutun ya da yerinizi başka bir cihaza taşıyın.

## Your turn

turn-headline = Sıra sizde
turn-explanation = Kapı sizin için açılıyor…
door-headline = Kapıdasınız
door-paused = Şu anda kimse içeri alınmıyor. Sıra ilerler ilerlemez girersiniz.
door-full = Numaranız çağrıldı, ancak site şu anda dolu. Yer açılır açılmaz girersiniz.
take-by-label = Yerinizin saklanacağı süre
admitted-going = Oraya götürülüyorsunuz…
admitted-held = Girmek için “Devam” düğmesini seçin.
admitted-elsewhere = İçeri alındınız ve başka bir sekmede devam ediyorsunuz. Bu sekmede devam etmek için “Devam” düğmesini seçin.
admitted-here = Girebilirsiniz.
admission-label = Girişinizin geçerli olduğu süre
continue = Devam

## The place is gone

reset-headline = Sıra baştan başlatıldı
reset-explanation = Düzenleyen bu sırayı sıfırladı; önceki yerler artık geçerli değil. Yeni sıraya girebilirsiniz.
expired-headline = Yerinizin süresi doldu
expired-explanation = Numaranız çağrıldı, ancak yeriniz zamanında kullanılmadı. Yeniden sıranın sonuna geçebilirsiniz.
expired-minutes = { $number } numaranız çağrıldı ve yeriniz { $minutes } dakika saklandı, ancak bu sürede kullanılmadı. Yeniden sıranın sonuna geçebilirsiniz.
expired-hours = { $number } numaranız çağrıldı ve yeriniz { $hours } saat saklandı, ancak bu sürede kullanılmadı. Yeniden sıranın sonuna geçebilirsiniz.
left-headline = Sıradan ayrıldınız
left-explanation = Yerinizden vazgeçtiniz. Yine de girmek isterseniz yeniden sıranın sonuna geçebilirsiniz.
ended-headline = Ziyaretiniz sona erdi
ended-explanation = Bu yerle içeri girdiniz ve o ziyaret sona erdi. Geri dönmek için yeniden sıraya girin.
over-headline = Giriş süreniz doldu
over-explanation = İçeri alındınız ve size ayrılan süre sona erdi. Geri dönmek için yeniden sıraya girin.
again = Yeniden sıraya gir

## There is no line to be in

closed-headline = Bu sıra kapalı
closed-explanation = Şu anda kimse alınmıyor. Bu sayfayı açık tutun: sıra açıldığında size bir yer verilir.
soldout-headline = Tükendi
soldout-explanation = Her şey tükendi, bu yüzden sıraya yeni kimse alınmıyor.
soldout-kept = Her şey tükendi, bu yüzden başka kimse içeri alınmıyor. Üzgünüz. Durum değişirse diye { $number } numaranız sizde kalıyor.
unknown-headline = Burada bir sıra yok
unknown-explanation = Adres yanlış yazılmış ya da etkinlik bitmiş olabilir. Lütfen sizi buraya getiren bağlantıyı kontrol edin.
astray-headline = Sizi buradan ileri götüremiyoruz
astray-explanation = Bu sayfa geldiğiniz yere gitmiyor ya da çok uzun süre açık kaldı. Lütfen oraya dönüp yeniden deneyin.

## How things stand between page and server

fresh-connecting = Bağlanılıyor…
fresh-now = Az önce güncellendi
fresh-seconds = { $seconds } saniye önce güncellendi
fresh-minutes = { $minutes } dakika önce güncellendi
fresh-rarely = Bu sayfa yarım dakikada bir yeniden bakar.
trouble-offline = Bağlantı koptu. Yeniden deneniyor…
trouble-busy = Şu anda çok yoğun. Yeniden deneniyor…
trouble-offline-kept = Bağlantı koptu. Yeriniz güvende. Yeniden deneniyor…
trouble-busy-kept = Şu anda çok yoğun. Yeriniz güvende. Yeniden deneniyor…

## From the organiser

message-label = Düzenleyenden

## Tell me when it's my turn

call-button = Sıra bana gelince haber ver
call-explanation = Bu sayfayı açık tutun ve bu arada başka bir şey yapın. Sıra size geldiğinde sayfa sizi çağırır ve kendiliğinden devam eder.
call-sound = Ses çal
call-vibration = Titret
call-notification = Bildirim göster
call-screen = Ekranı açık tut
call-try = Şimdi dinle
call-notification-refused = Tarayıcınız bu sayfanın bildirim göstermesine izin vermiyor. Bunu ayarlarından değiştirebilirsiniz.
call-screen-refused = Cihazınız bu sayfanın ekranı açık tutmasına izin vermiyor.
call-notice = Sıra sizde
call-notice-text = { $title }: girebilirsiniz.

## Take my place to another device

device-button = Yerimi başka bir cihaza taşı
device-explanation = Kodu diğer cihazla tarayın ya da bağlantıyı orada açın. Yeriniz burada da geçerli kalır.
device-warning = Bu bağlantı kimdeyse yeriniz de ondadır. Kimseye vermeyin.
device-code = Yerinizin bağlantısını içeren QR kodu
device-link = Yerinizin bağlantısı
device-copy = Bağlantıyı kopyala
device-copied = Kopyalandı
device-not-copied = Bağlantı seçildi: buradan kopyalayın.
device-share = Paylaş…
device-share-title = Sıradaki yerim: { $title }

## Leave the line

leave-button = Sıradan ayrıl
leave-headline = Sıradan ayrılmak istiyor musunuz?
leave-explanation = { $number } numaranızı kalıcı olarak kaybedersiniz. Geri dönmek için yeniden sıranın sonuna geçmeniz gerekir.
leave-confirm = Yerimden vazgeç
leave-stay = Sırada kal
leave-failed = Bu olmadı; hâlâ sıradasınız. Lütfen yeniden deneyin.

## Told to screen readers, when it changes

spoken-number = Sıradaki numaranız { $number }.
spoken-crowd = Önünüzdeki kişi sayısı şundan az: { $people }.
spoken-next = Sıradaki sizsiniz.

## The page without JavaScript: what it says besides the above

plain-opens = Açılış: { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days = Yaklaşık { $days } gün sonra.
plain-opens-hours = Yaklaşık { $hours } saat sonra.
plain-opens-minutes = Yaklaşık { $minutes } dakika sonra.
plain-opens-now = Bir dakikadan kısa süre sonra.
plain-looks = Bu sayfa { $seconds } saniye sonra kendiliğinden yenilenir.
plain-rests = Bu sayfa artık kendiliğinden yenilenmiyor.
plain-look = Şimdi yenile
plain-rest = Kendiliğinden yenilemeyi durdur
plain-go-on = Kendiliğinden yenilemeyi sürdür
plain-cookies-headline = Bu tarayıcı çerez saklamıyor
plain-cookies-explanation = JavaScript olmadan sıradaki yeriniz yalnızca bir çerezde saklanabilir ve bu tarayıcı bizimkini geri göndermedi. Lütfen bu site için çerezlere izin verin ya da JavaScript’i açın ve yeniden deneyin.
plain-try-again = Yeniden dene

## Pages that say why there is no waiting room

sorry-later-headline = Bir dakika lütfen
sorry-later-explanation = Bekleme odası şu anda yanıt veremiyor. Bu sayfa { $seconds } saniye sonra kendiliğinden yeniden dener; daha erken yenilemek sizi daha hızlı içeri almaz.
sorry-return-explanation = Sizi getiren bağlantı, bu bekleme odasının gitmediği bir adresi gösteriyor. Lütfen geldiğiniz siteye dönün ve orada yeniden deneyin.
sorry-unknown-headline = Böyle bir bekleme odası yok
sorry-unknown-explanation = Lütfen bağlantıyı kontrol edin ya da geldiğiniz siteye dönüp orada yeniden deneyin.
sorry-other-headline = Buradan sıraya giremezsiniz
sorry-other-explanation = Lütfen geldiğiniz siteye dönün ve orada yeniden deneyin.
sorry-sign-in-explanation = Geldiğiniz site, bu bekleme odasının yanıtlayamayacağı bir şey istedi. Lütfen oraya dönüp yeniden deneyin.
sorry-sign-in-why = O sitenin sorumluları için:
sorry-signed-out-explanation = Yeriniz geri verildi. Bu sayfayı kapatabilirsiniz.
