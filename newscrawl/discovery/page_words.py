"""Words that tell the links of a page apart, in more than twenty languages. All are lower-case."""

from __future__ import annotations

from typing import Final


def _split_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _split_phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


NEXT: Final = _split_phrases("""
    next, next page, next ›, next », next >, older, older posts, older entries, older stories, load more, show more,
    more stories, ›, », >, →, ❯, nächste, nächste seite, weiter, weiter ›, weiter », ältere beiträge, ältere
    artikel, mehr laden, mehr anzeigen, suivant, suivante, page suivante, suivant ›, suivant », articles plus
    anciens, voir plus, siguiente, página siguiente, siguiente ›, siguiente », más noticias, anteriores, entradas
    anteriores, ver más, próxima, próximo, próxima página, seguinte, página seguinte, ver mais, carregar mais, mais
    notícias, successiva, successivo, pagina successiva, avanti, altri articoli, mostra altro, volgende, volgende
    pagina, meer laden, następna, następne, następna strona, starsze, nästa, nästa sida, äldre inlägg, neste, neste
    side, eldre, næste, næste side, ældre, seuraava, seuraava sivu, další, další strana, starší, ďalšia, следующая,
    следующая страница, вперёд, вперед, далее, ещё, показать ещё, наступна, наступна сторінка, далі, sonraki,
    sonraki sayfa, ileri, daha fazla, selanjutnya, berikutnya, halaman berikutnya, muat lainnya, következő,
    következő oldal, régebbi, următoarea, următorul, pagina următoare, επόμενη, επόμενη σελίδα, следваща, sljedeća,
    naslednja, næsta síða, التالي, الصفحة التالية, المزيد, הבא, העמוד הבא, بعدی, صفحه بعد, अगला, अगला पृष्ठ,
    পরবর্তী, ถัดไป, trang sau, tiếp theo,
    次へ, 次ページ, 次ページへ, 次のページ, 次のページへ, もっと見る, 下一页, 下一頁, 下页, 更多, 다음, 다음 페이지,
    더보기, inayofuata
    """)
"""Anchor text of links to the next page of a list."""

GENERIC: Final = _split_phrases("""
    read more, more, continue reading, read on, learn more, see more, view all, see all, full story, read full
    article, watch, listen, comments, comment, share, subscribe, mehr, mehr lesen, weiterlesen, mehr erfahren, zum
    artikel, artikel lesen, alle anzeigen, kommentare, lire la suite, lire plus, en savoir plus, voir tout, lire
    l'article, commentaires, leer más, más información, seguir leyendo, ver todo, comentarios, leia mais, saiba
    mais, continuar lendo, ver tudo, continua, leggi tutto, leggi di più, continua a leggere, vedi tutti, commenti,
    lees meer, lees verder, meer, alle, czytaj więcej, czytaj dalej, więcej, zobacz, komentarze, läs mer, les mer,
    læs mere, lue lisää, visa alla, se alle, číst více, více, čítať viac, читать далее, подробнее, читати далі,
    детальніше, devamını oku, devamı, tümü, haberin devamı, baca selengkapnya, selengkapnya, lihat semua, tovább,
    részletek, citește mai mult, mai mult, περισσότερα, διαβάστε περισσότερα, прочети повече, pročitaj više, اقرأ
    المزيد, קרא עוד, ادامه مطلب, और पढ़ें, आगे पढ़ें, আরও পড়ুন, อ่านต่อ, xem thêm, đọc tiếp, 続きを読む, 詳しく, 阅读更多,
    閱讀更多, 全文, 더 읽기, 자세히 보기, soma zaidi
    """)
"""Anchor text that is never a headline."""

SECTIONS: Final = _split_words("""
    news world national local regional international politics election elections business economy markets finance
    money sport sports football science technology tech health environment climate culture arts entertainment
    lifestyle opinion comment analysis education travel food books film music crime europe africa asia americas us
    uk latest nachrichten politik inland ausland welt deutschland wirtschaft finanzen börse fussball fußball wissen
    wissenschaft technik digital netzwelt gesundheit umwelt klima kultur panorama gesellschaft leben meinung
    regionales lokales feuilleton reise bildung auto unterhaltung ratgeber leute justiz actualites actualités actu
    politique monde société societe économie economie culture sciences santé sante environnement planète planete
    débats debats idées idees opinions régions justice international france europe médias noticias política politica
    internacional nacional españa mexico economía economia deportes fútbol futbol cultura ciencia tecnología
    tecnologia salud sociedad opinión opinion gente medio-ambiente educacion educación sucesos notícias mundo brasil
    portugal economia esporte esportes desporto ciência saude saúde sociedade opinião opiniao cidades educação
    educacao cotidiano notizie cronaca esteri interni mondo italia economia sport cultura scienza scienze salute
    spettacoli tecnologia opinioni ambiente società societa calcio motori nieuws binnenland buitenland politiek
    economie wetenschap cultuur gezondheid regio opinie wiadomości wiadomosci kraj świat swiat polityka gospodarka
    biznes kultura nauka zdrowie opinie polska sportowe nyheter inrikes utrikes innenriks utenriks politikk ekonomi
    økonomi kultur vetenskap åsikter debatt ledare sporten indland udland politik erhverv debatt meninger kjendis
    nöje uutiset kotimaa ulkomaat talous urheilu kulttuuri zprávy zpravy domácí domaci zahraničí zahranicni
    ekonomika kultura správy spravy domov zahraničie новости политика экономика общество спорт культура мир наука
    происшествия технологии мнения бизнес россия новини політика економіка суспільство світ культура наука події
    україна novosti politika ekonomika obshchestvo mir kultura nauka ekonomi haberler gündem gundem dünya dunya
    ekonomi spor siyaset sağlık saglik teknoloji türkiye turkiye kültür kultur yaşam berita nasional internasional
    ekonomi bisnis olahraga hiburan teknologi kesehatan daerah dunia bola gaya-hidup belföld belfold külföld kulfold
    gazdaság gazdasag kultúra știri stiri actualitate externe sănătate sanatate economic ειδήσεις πολιτική οικονομία
    κόσμος ελλάδα αθλητικά πολιτισμός κοινωνία υγεία новини икономика свят общество vijesti hrvatska svijet
    gospodarstvo frettir innlent erlent viðskipti idrottir أخبار سياسة اقتصاد رياضة ثقافة العالم صحة تكنولوجيا
    محليات خبر חדשות פוליטיקה כלכלה ספורט תרבות सियासत राजनीति देश दुनिया विदेश खेल मनोरंजन व्यापार राष्ट्रीय
    খেলা রাজনীতি বিনোদন বাংলাদেশ আন্তর্জাতিক ข่าว การเมือง เศรษฐกิจ กีฬา บันเทิง thời-sự thế-giới kinh-doanh
    thể-thao giải-trí
    政治 経済 社会 国際 スポーツ 文化 科学 地域 国内 オピニオン 国际 国內 财经 财經 体育 娱乐 科技 要闻 時事
    정치 경제 사회 국제 문화 스포츠 연예 habari
    siasa michezo biashara kitaifa kimataifa
    """)
"""Names of sections, as anchor text or path segment."""

GROUPS: Final = _split_words("""
    category categories kategorie kategorien categoria categorias categorie kategoria kategori kategoriya rubrique
    rubriques rubrik rubriken rubrica rubryka rubric rubrics sezione sezioni seccion secciones section sections
    ressort ressorts emne topics topic thema themen tema temas temi tematy onderwerp рубрика категория
    """)
"""Path segments that a section follows. Authors, searches and tags are not sections."""

EDITIONS: Final = _split_words("""
    ar bg cs da de el en es et fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sl sr sv th tr uk vi zh www az
    ba be bn bs eu ga gl hy ka kk km ku ky lt lv mk mn ms mt my ne ps si sk sq sw ta tg tk tl ur uz
    """)
"""First labels of hosts, or first path segments, of editions in a language."""

SERVICE_HOSTS: Final = _split_words("""
    abo abonnement abonnements abonnieren aboshop subscription subscriptions subscribe suscripciones abbonamenti
    prenumerera leserservice aboservice shop store boutique tienda jobs job stellen stellenmarkt karriere
    careers emploi empleo immobilien immo auto autos login signin id idp sso auth account accounts konto mein my
    meine myaccount secure members mitglieder newsletter newsletters epaper e-paper edicola kiosk kiosque
    media-sales mediadaten werbung advertising advertise ads anzeigen anzeige trauer classifieds kleinanzeigen
    annonces partner partners deals gutscheine gutschein coupons promo codes help hilfe support faq forum forums
    cdn static img images image assets api play games spiele jeux juegos tickets ticket reisen reise events
    event markt marktplatz partnersuche dating wetter weather horoskop horoscope archiv archive archives suche
    search press presse corporate investors developer developers status mail email links go click clicks track
    widget widgets embed oferplan tv radio discountcode discountcodes vouchers vouchercodes eavis etidning
    auktion auktionen annunci necrologie meteo podcast podcasts kurse rankings
    """)
"""First labels of hosts without articles."""

SERVICE_TOKENS: Final = _split_words("""
    newsletter newsletters subscription subscriptions subscriber subscribe abo abos abonnement abonnements
    abonnieren join donate donation login register preference preferences voucher vouchers vouchercodes discount
    discountcode discountcodes coupon coupons gutschein gutscheine gutscheincodes classified classifieds
    advertise advertisement advertisers advertising award awards policy conduct widgets widget contact kontakt
    contacto jobs careers karriere epaper shop tickets apps app podcasts tipsa tips staff authors imprint about
    faq inquiries tip email emails tablet download abonelik leserservice
    """)
"""Words in the last path segment of services."""

NAV_NAMES: Final = _split_words("""
    nav navbar navi navigation navigations menu submenu megamenu menubar breadcrumb breadcrumbs topbar masthead
    burger hamburger offcanvas flyout dropdown subnav mainnav topnav
    """)
FOOTER_NAMES: Final = _split_words("footer colophon bottombar legal imprint")
ASIDE_NAMES: Final = _split_words("sidebar aside rail")
PAGER_NAMES: Final = _split_words("pagination pager paging paginator pagenavi paginate paginacion paginazione")
SHARE_NAMES: Final = _split_words("share sharing sharebar social socials follow")
LABEL_NAMES: Final = _split_words(
    "tags taglist tagcloud keywords byline bylines author authors autor autoren auteur auteurs autore"
)
COMMENT_NAMES: Final = _split_words("comments comment respond kommentare disqus comentarios commentaires")
CARD_NAMES: Final = _split_words("""
    teaser teasers card cards story stories headline headlines article articles post posts entry entries artikel
    noticia noticias news feed stream river item promo tile
    """)
STATE_NAMES: Final = _split_words("has with no without js is")
"""Class names with one of these words describe the state of the page, not the element."""
