"""Build pages shown in front of an article or in its place."""

from __future__ import annotations

from tests.support.page_types.maker import Maker
from tests.support.page_types.shapes import shape

STORY = "/news/{slug}"


@shape("bot challenge", "bot_challenge", STORY)
def interstitial_with_ray_id(make: Maker) -> str:
    make.heads.append("<meta name='robots' content='noindex,nofollow'><meta http-equiv='refresh' content='390'>")
    return make.bare(
        "Just a moment...",
        "<div class='main-wrapper' role='main'><div class='main-content'><noscript><div class='h2'><span "
        "id='challenge-error-text'>Enable JavaScript and cookies to continue</span></div></noscript></div></div>"
        "<script>(function(){window._cf_chl_opt = {cZone: 'news.example'};})();</script>",
    )


@shape("bot challenge", "bot_challenge", STORY)
def checking_your_connection(make: Maker) -> str:
    return make.bare(
        "news.example",
        "<h1>news.example</h1><h2>Verify you are human by completing the action below.</h2><p>news.example needs to review "
        "the security of your connection before proceeding.</p><footer>Ray ID: 8f3a1 - Performance &amp; security by a "
        "network</footer>",
    )


@shape("bot challenge", "bot_challenge", STORY)
def press_and_hold(make: Maker) -> str:
    return make.bare(
        "Access to this page has been denied",
        "<div id='px-captcha-wrapper'><h1>Press &amp; Hold to confirm you are a human (and not a bot).</h1><p>Access to this "
        "page has been denied because we believe you are using automation tools to browse the website.</p><p>Reference ID "
        "#e1c2</p></div>",
    )


@shape("bot challenge", "bot_challenge", STORY)
def access_denied_by_the_edge(make: Maker) -> str:
    return make.bare(
        "Access Denied",
        '<h1>Access Denied</h1><p>You don\'t have permission to access "http://news.example/x" on this server.</p>'
        "<p>Reference #18.5f1c1160.1700000000.2a3b</p>",
    )


@shape("bot challenge", "bot_challenge", STORY)
def captcha_in_a_frame(make: Maker) -> str:
    return make.bare(
        "news.example",
        "<p id='cmsg'>Please enable JS and disable any ad blocker</p><script data-cfasync='false'>var dd={'rt':'c',"
        "'cid':'AHrlq','host':'geo.captcha-delivery.com'}</script>",
    )


@shape("bot challenge", "bot_challenge", STORY)
def unusual_traffic(make: Maker) -> str:
    said = make.fake.rng.choice([
        ("Pardon Our Interruption", "As you were browsing something about your browser made us think you were a bot."),
        ("Robot Check", "To discuss automated access please contact us. Type the characters you see in this image."),
        ("Are you a robot?", "We've detected unusual activity from your computer network. To continue, please click the box."),
        ("Bist du ein Mensch?", "Bitte bestätigen Sie, dass Sie kein Roboter sind, um fortzufahren."),
        ("Vérification de sécurité", "Veuillez confirmer que vous n’êtes pas un robot pour continuer."),
        ("Проверка браузера", "Подтвердите, что вы не робот. Мы обнаружили подозрительный трафик из вашей сети."),
    ])  # fmt: skip
    return make.bare(said[0], f"<div class=box><h1>{said[0]}</h1><p>{said[1]}</p></div>")


@shape("bot challenge", "bot_challenge", STORY)
def firewall_of_a_small_site(make: Maker) -> str:
    return make.bare(
        "Firewall",
        "<h2>Access Denied - Website Firewall</h2><p>If you are the site owner (or you manage this site), please whitelist "
        "your IP or if you think this block is an error please open a support ticket.</p><table><tr><td>Block ID:</td><td>"
        "BV010</td></tr><tr><td>Block reason:</td><td>Bad bot access attempt.</td></tr></table>",
    )


@shape("consent wall", "consent_wall", STORY)
def consent_page(make: Maker) -> str:
    title, text = make.fake.pair("consent")
    return make.bare(title, f"<div class='wall'><h1>{title}</h1><p>{text}</p><button>OK</button></div>")


@shape("consent wall", "consent_wall", STORY)
def consent_page_with_a_list_of_partners(make: Maker) -> str:
    title, text = make.fake.pair("consent")
    purposes = "".join(f"<li>{name} Ltd</li>" for name in ("Adsy", "Trackr", "Meterly", "Pixelio"))
    service = " · ".join(f"<a href='/p{n}'>{label}</a>" for n, label in enumerate(make.fake.words["service"]))
    return make.page(title, f"<h2>{title}</h2><p>{text}</p><p>{text}</p><ul>{purposes}</ul><p>{service}</p>")


@shape("login", "login", "/users/{slug}")
def login_form(make: Maker) -> str:
    title = make.fake.say("login")
    form = "<form method=post><label>E-mail <input name=mail></label><label><input type=password></label></form>"
    return make.page(title, f"<h1>{title}</h1>{form}<p><a href='/forgot'>?</a></p>")


@shape("login", "login", STORY)
def login_wall_without_form(make: Maker) -> str:
    title = make.fake.say("login")
    return make.bare(f"{title} | {make.fake.site}", f"<div id='app'><h2>{title}</h2><input type='email'></div>")


@shape("paywall", "paywall", STORY)
def paywall_without_any_text(make: Maker) -> str:
    headline = make.fake.headline()
    make.article_data(headline, isAccessibleForFree=False)
    wall = f"<div class='piano-offer'><h3>{make.fake.say('paywall')}</h3><a href='/subscribe'>€ 1</a></div>"
    return make.page(headline, make.article(headline, wall, day=make.fake.day()))


@shape("paywall", "paywall", STORY)
def paywall_in_the_text_s_place(make: Maker) -> str:
    headline = make.fake.headline()
    make.meta(og_type="article", og_title=headline)
    return make.page(headline, make.article(headline, make.text([make.fake.say("paywall")])) + make.links(10))


@shape("soft 404", "soft_404", "/news/{slug}.html")
def soft_404(make: Maker) -> str:
    title, text = make.fake.pair("missing")
    return make.page(title, f"<h1>{title}</h1><p>{text}</p><form><input name=s></form>", kind="missing")


@shape("soft 404", "soft_404", STORY)
def soft_404_with_latest_articles(make: Maker) -> str:
    title, text = make.fake.pair("missing")
    main = f"<h1>{title}</h1><p>{text}</p>" + make.listing(make.fake.section(), teasers=10, sentences=2)
    return make.page(title, main, kind="missing")


@shape("soft 404", "soft_404", STORY)
def soft_404_said_only_in_the_text(make: Maker) -> str:
    title, text = make.fake.pair("missing")
    return make.page(make.fake.site, f"<h1>404</h1><h2>{title}</h2><p>{text}</p>" + make.links(6))


@shape("error page", "error_page", STORY)
def maintenance(make: Maker) -> str:
    text = make.fake.say("trouble")
    return make.bare(make.fake.site, f"<h1>{make.fake.site}</h1><p>{text}</p>")


@shape("error page", "error_page", STORY)
def gateway_error(make: Maker) -> str:
    title = make.fake.rng.choice(["502 Bad Gateway", "504 Gateway Time-out", "503 Service Temporarily Unavailable",
                                   "500 Internal Server Error", "Error 520: Web server is returning an unknown error"])  # fmt: skip
    return make.bare(title, f"<center><h1>{title}</h1></center><hr><center>nginx</center>")


@shape("error page", "error_page", STORY)
def program_error(make: Maker) -> str:
    said = make.fake.rng.choice([
        "Warning: mysqli_connect(): (HY000/2002): Connection refused in /var/www/html/db.php on line 12",
        "There has been a critical error on this website. Please check your site admin email inbox for instructions.",
        "Fatal error: Uncaught Error: Call to undefined function get_header() in /home/site/index.php:4",
        "Application error: a client-side exception has occurred (see the browser console for more information).",
        "The page you are looking for is temporarily unavailable. Please try again later.",
    ])  # fmt: skip
    return make.bare(make.fake.site, f"<div>{said}</div>")


@shape("geo block", "geo_block", STORY)
def not_in_your_region(make: Maker) -> str:
    text = make.fake.say("region")
    return make.page(make.fake.site, f"<div class='notice'><p>{text}</p></div>")


@shape("geo block", "geo_block", STORY)
def unavailable_for_legal_reasons(make: Maker) -> str:
    return make.bare(
        make.fake.site,
        "<h1>451: Unavailable due to legal reasons</h1><p>We recognize you are attempting to access this website from a "
        "country belonging to the European Economic Area (EEA) including the EU which enforces the GDPR and therefore access "
        "cannot be granted at this time.</p>",
    )


@shape("javascript required", "javascript_required", STORY)
def application_shell(make: Maker) -> str:
    return make.bare(make.fake.site, f"<noscript>{make.fake.say('script')}</noscript><div id='root'></div>")


@shape("javascript required", "javascript_required", STORY)
def shell_that_says_so_in_the_page(make: Maker) -> str:
    return make.bare(
        make.fake.headline(), f"<div id='app'><p>{make.fake.say('script')}</p></div><script src='/a.js'></script>"
    )
