<!--
var ivw_code="cp/news/article",ivw_comment="classic layout";function openPrint(url){window.open(url,"print","width=640,height=700,scrollbars=yes");return false;}
function setFontSize(size){var node=document.getElementById("articletext");if(node){node.style.fontSize=size+"px";document.cookie="fontsize="+size+"; path=/";}}
var adslots=[{id:"banner1",w:468,h:60},{id:"sky1",w:160,h:600},{id:"mrec1",w:300,h:250}];for(var i=0;i<adslots.length;i++){adslots[i].url="/ads/"+adslots[i].id+"?ord="+Math.floor(Math.random()*1e9);}
//-->
